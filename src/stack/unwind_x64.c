/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_x64.c - one step up an x64 stack. Source: Microsoft, "x64 exception handling" (unwind procedure, epilogues).
 *
 * A function's unwind codes undo its prologue, latest action first. Three cases:
 *   in the prologue   only the actions already done are undone: those whose offset is not beyond pc
 *   in the epilogue   the rest of the epilogue is carried out, from the code bytes themselves
 *   in the body       everything is undone
 * A function without an entry is a leaf: it never moved RSP, so the return address is on top.
 */
#include "pdata.h"
#include "unwind_step.h"

#include <string.h>

enum {
    CHAIN_MAX = 32,
    REX_W = 0x48,
    KTRAP_FRAME_RIP = 0x168 /* offset of Rip, where the machine frame proper begins (dt nt!_KTRAP_FRAME) */
};

static bool load(const unwind_source *source, uint64_t address, uint64_t *value)
{
    uint8_t b[8];
    if (source->read(source->context, address, b, sizeof b) != sizeof b)
        return false;
    *value = 0;
    for (unsigned i = 0; i < 8; i++)
        *value |= (uint64_t)b[i] << (8 * i);
    return true;
}

static bool pop(const unwind_source *source, unwind_state *state, uint64_t *value)
{
    if (!load(source, state->registers[UNWIND_SP], value))
        return false;
    state->registers[UNWIND_SP] += 8;
    return true;
}

/* Epilogue ------------------------------------------------------------ */

typedef struct {
    const image *img;
    const uint8_t *view;
    uint32_t at; /* RVA of the next instruction */
    pdata_function function;
    uint8_t frame_register;
} code_reader;

static uint8_t peek(const code_reader *code, uint32_t ahead)
{
    uint64_t rva = (uint64_t)code->at + ahead;
    return rva < image_size(code->img) ? code->view[rva] : 0xcc;
}

static int32_t peek_i32(const code_reader *code, uint32_t ahead)
{
    return (int32_t)((uint32_t)peek(code, ahead) | (uint32_t)peek(code, ahead + 1) << 8 |
                     (uint32_t)peek(code, ahead + 2) << 16 | (uint32_t)peek(code, ahead + 3) << 24);
}

/* add rsp, imm */
static bool skip_add(code_reader *code, unwind_state *state)
{
    if (peek(code, 0) != REX_W || peek(code, 2) != 0xc4)
        return false;
    if (peek(code, 1) == 0x83) {
        state->registers[UNWIND_SP] += (uint64_t)(int8_t)peek(code, 3);
        code->at += 4;
        return true;
    }
    if (peek(code, 1) == 0x81) {
        state->registers[UNWIND_SP] += (uint64_t)(int64_t)peek_i32(code, 3);
        code->at += 7;
        return true;
    }
    return false;
}

/* lea rsp, [frame register + displacement] */
static bool skip_lea(code_reader *code, unwind_state *state)
{
    uint8_t rex = peek(code, 0), modrm = peek(code, 2);
    uint8_t base = (uint8_t)((modrm & 7) | (rex & 1) << 3);
    if (code->frame_register == 0 || (rex & 0xfe) != REX_W || peek(code, 1) != 0x8d || ((modrm >> 3) & 7) != 4 ||
        (modrm & 7) == 4 || base != code->frame_register)
        return false;
    if (modrm >> 6 == 1) {
        state->registers[UNWIND_SP] = state->registers[base] + (uint64_t)(int8_t)peek(code, 3);
        code->at += 4;
        return true;
    }
    if (modrm >> 6 == 2) {
        state->registers[UNWIND_SP] = state->registers[base] + (uint64_t)(int64_t)peek_i32(code, 3);
        code->at += 7;
        return true;
    }
    return false;
}

/* Which register does the next instruction pop? -1: it is no pop. */
static int popped(code_reader *code)
{
    uint8_t first = peek(code, 0), second = peek(code, 1);
    if (first >= 0x58 && first <= 0x5f) {
        code->at += 1;
        return first - 0x58;
    }
    if ((first & 0xf0) == 0x40 && second >= 0x58 && second <= 0x5f) {
        code->at += 2;
        return second - 0x58 + ((first & 1) << 3);
    }
    return -1;
}

/* A jump leaves the function if it goes to another one, or to the start of this one. */
static bool leaves(const code_reader *code, int64_t target)
{
    pdata_function own = code->function, other;
    if (target < 0 || target >= image_size(code->img))
        return true;
    if (!pdata_find(code->img, (uint32_t)target, &other))
        return true;
    if (!pdata_primary(code->img, &own) || !pdata_primary(code->img, &other))
        return false;
    return other.begin != own.begin || (uint32_t)target == own.begin;
}

static bool at_return(const code_reader *code)
{
    uint8_t first = peek(code, 0), second = peek(code, 1);
    if (first == 0xc3 || (first == 0xf3 && second == 0xc3))
        return true;
    if (first == 0xeb)
        return leaves(code, (int64_t)code->at + 2 + (int8_t)second);
    if (first == 0xe9)
        return leaves(code, (int64_t)code->at + 5 + peek_i32(code, 1));
    if (first == 0xff) /* jmp [rip + x] */
        return second == 0x25;
    return (first & 0xf8) == REX_W && second == 0xff && ((peek(code, 2) >> 3) & 7) == 4; /* rex.w jmp r or m */
}

/*
 * Is pc in an epilogue? Then carries the rest of it out on `state`, up to the return address on top of the stack, and
 * returns true. On false, `state` is unchanged.
 */
static bool finish_epilogue(const unwind_source *source, const unwind_frame *frame, const pdata_function *function,
                            const pdata_info *info, unwind_state *state)
{
    code_reader code = {frame->img, image_view(frame->img), frame->rva, *function, info->frame_register};
    unwind_state next = *state;
    uint64_t value;
    int target;
    if (!skip_add(&code, &next))
        skip_lea(&code, &next);
    while ((target = popped(&code)) >= 0) {
        if (!pop(source, &next, &value))
            return false;
        next.registers[target] = value;
    }
    if (code.at >= function->end || !at_return(&code))
        return false;
    *state = next;
    return true;
}

/* Unwind codes ------------------------------------------------------------ */

typedef struct {
    const unwind_source *source;
    unwind_frame *frame;
    unwind_state *state;
    uint64_t frame_base; /* what SAVE_ operations count from */
    bool trapped;        /* a machine frame was undone: pc and RSP are the interrupted code's */
} undoing;

static bool undo_machine_frame(undoing *u, bool error_code)
{
    uint64_t at = u->state->registers[UNWIND_SP] + (error_code ? 8 : 0);
    u->trapped = true;
    u->frame->trap_frame = at - KTRAP_FRAME_RIP;
    return load(u->source, at, &u->state->pc) && load(u->source, at + 24, &u->state->registers[UNWIND_SP]);
}

static uint32_t wide_operand(const pdata_info *info, unsigned slot)
{
    return (uint32_t)pdata_slot(info, slot + 1) | (uint32_t)pdata_slot(info, slot + 2) << 16;
}

static bool undo(undoing *u, const pdata_info *info, unsigned slot, const pdata_code *code)
{
    uint64_t *r = u->state->registers;
    switch (code->operation) {
    case UWOP_PUSH_NONVOL: {
        uint64_t value;
        if (!pop(u->source, u->state, &value))
            return false;
        r[code->info] = value;
        return true;
    }
    case UWOP_ALLOC_LARGE:
        r[UNWIND_SP] += code->info == 0 ? pdata_slot(info, slot + 1) * 8u : wide_operand(info, slot);
        return true;
    case UWOP_ALLOC_SMALL: r[UNWIND_SP] += code->info * 8u + 8u; return true;
    case UWOP_SET_FPREG: r[UNWIND_SP] = r[info->frame_register] - info->frame_offset; return true;
    case UWOP_SAVE_NONVOL: return load(u->source, u->frame_base + pdata_slot(info, slot + 1) * 8u, &r[code->info]);
    case UWOP_SAVE_NONVOL_FAR: return load(u->source, u->frame_base + wide_operand(info, slot), &r[code->info]);
    case UWOP_PUSH_MACHFRAME: return undo_machine_frame(u, code->info != 0);
    default: return true; /* XMM registers and epilogue descriptions do not move the stack */
    }
}

/* Undoes the actions that were done when the function had executed `done` bytes of its prologue. */
static unwind_end undo_codes(undoing *u, const pdata_info *info, uint32_t done)
{
    for (unsigned slot = 0; slot < info->count;) {
        pdata_code code = pdata_code_at(info, slot);
        unsigned slots = pdata_slots(&code);
        if (slots == 0 || slot + slots > info->count)
            return UNWIND_BAD_DATA;
        if (code.offset <= done && !undo(u, info, slot, &code))
            return UNWIND_UNREADABLE;
        slot += slots;
    }
    return UNWIND_COMPLETE;
}

static bool frame_register_is_set(const pdata_info *info, uint32_t done)
{
    if (done >= info->prologue || (info->flags & PDATA_CHAINED))
        return true;
    for (unsigned slot = 0; slot < info->count;) {
        pdata_code code = pdata_code_at(info, slot);
        unsigned slots = pdata_slots(&code);
        if (code.operation == UWOP_SET_FPREG)
            return code.offset <= done;
        if (slots == 0)
            break;
        slot += slots;
    }
    return false;
}

static uint64_t find_frame_base(const pdata_info *info, uint32_t done, const unwind_state *state)
{
    if (info->frame_register == 0 || !frame_register_is_set(info, done))
        return state->registers[UNWIND_SP];
    return state->registers[info->frame_register] - info->frame_offset;
}

static unwind_end undo_function(undoing *u, pdata_info *info, uint32_t done)
{
    u->frame_base = find_frame_base(info, done, u->state);
    for (int i = 0; i < CHAIN_MAX; i++) {
        unwind_end end = undo_codes(u, info, done);
        if (end != UNWIND_COMPLETE || !(info->flags & PDATA_CHAINED))
            return end;
        pdata_function next = info->chained;
        if (!pdata_read(u->frame->img, &next, info))
            return UNWIND_BAD_DATA;
        done = UINT32_MAX; /* whoever jumped to a part that was split off had done the whole prologue */
    }
    return UNWIND_BAD_DATA;
}

unwind_end unwind_step_x64(const unwind_source *source, unwind_frame *frame, bool leaf_allowed, unwind_state *state)
{
    pdata_function function;
    pdata_info info;
    undoing u = {source, frame, state, 0, false};
    uint32_t look_up = frame->rva - frame->call;
    if (frame->img == NULL || !pdata_find(frame->img, look_up, &function)) {
        if (!leaf_allowed)
            return UNWIND_NO_DATA;
        return pop(source, state, &state->pc) ? UNWIND_COMPLETE : UNWIND_UNREADABLE;
    }
    if (!pdata_read(frame->img, &function, &info))
        return UNWIND_BAD_DATA;
    uint32_t done = frame->rva - function.begin;
    bool in_body = done >= info.prologue && frame->rva < function.end;
    if (!in_body || !finish_epilogue(source, frame, &function, &info, state)) {
        unwind_end end = undo_function(&u, &info, done);
        if (end != UNWIND_COMPLETE)
            return end;
    }
    if (u.trapped)
        return UNWIND_COMPLETE;
    return pop(source, state, &state->pc) ? UNWIND_COMPLETE : UNWIND_UNREADABLE;
}
