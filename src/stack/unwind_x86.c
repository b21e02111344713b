/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_x86.c - one step up an x86 stack. In this order:
 *
 *   a trap handler       the interrupted registers are in its KTRAP_FRAME, which EBP points to
 *   the code             tells where the return address lies (recipe_x86.c)
 *   EBP                  points to the caller's EBP, the return address above it, if one is there
 *   what the stack       holds: the first word that is a return address of a call to this function; else the first of a
 *                        call that can have gone anywhere, and then the frame is marked as doubtful
 */
#include "layout.h"
#include "frame_x86.h"
#include "recipe_x86.h"
#include "unwind_step.h"

#include <string.h>

enum { AX, CX, DX, BX, SP, BP, SI, DI };
enum { SCAN_WORDS = 1024, FRAME_LARGEST = 0x8000 };

typedef struct {
    const unwind_source *source;
    unwind_frame *frame;
    unwind_state *state;
} stepping;

static bool load(const unwind_source *source, uint64_t address, uint64_t *value)
{
    uint8_t b[4];
    if (source->read(source->context, address, b, sizeof b) != sizeof b)
        return false;
    *value = (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24;
    return true;
}

/* Traps ------------------------------------------------------------------------------------------------------------- */

static bool is_trap_handler(const unwind_frame *frame)
{
    static const char *const handlers[] = {"KiTrap", "KiRaiseSecurityCheckFailure", "KiRaiseAssertion",
                                           "KiDebugService", "KiUnexpectedInterrupt"};
    uint32_t start;
    const char *name = x86_function(frame->img, frame->rva - frame->call, &start);
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
        if (strncmp(name, handlers[i], strlen(handlers[i])) == 0)
            return true;
    }
    return false;
}

static bool leave_trap(stepping *s)
{
    static const struct {
        uint16_t offset;
        uint8_t to;
    } saved[] = {{X86_trap_ax, AX}, {X86_trap_cx, CX}, {X86_trap_dx, DX}, {X86_trap_bx, BX},
                 {X86_trap_bp, BP}, {X86_trap_si, SI}, {X86_trap_di, DI}};
    uint64_t at = s->state->registers[BP];
    unwind_state next = *s->state;
    if (at < s->frame->child_sp || !load(s->source, at + X86_trap_ip, &next.pc))
        return false;
    for (size_t i = 0; i < sizeof saved / sizeof *saved; i++) {
        if (!load(s->source, at + saved[i].offset, &next.registers[saved[i].to]))
            return false;
    }
    next.registers[SP] = at + X86_trap_size;
    s->frame->trap_frame = s->frame->frame_pointer = at;
    *s->state = next;
    return true;
}

/* Return addresses ---------------------------------------------------------------------------------------------------- */

static call_site call_that_returns_to(const unwind_source *source, uint64_t address, unwind_module *module)
{
    if (!source->module(source->context, address - 1, module))
        return (call_site){CALL_NONE, 0};
    return x86_call_before(module->img, (uint32_t)(address - module->base));
}

static bool is_return_address(const unwind_source *source, uint64_t address)
{
    unwind_module module;
    return call_that_returns_to(source, address, &module).kind != CALL_NONE;
}

/* Takes `state` to the caller, whose return address lies at `at`. */
static bool leave_at(stepping *s, uint64_t at, uint64_t ebp, uint16_t removed)
{
    uint64_t pc;
    if (!load(s->source, at, &pc) || (pc != 0 && !is_return_address(s->source, pc)))
        return false;
    s->frame->frame_pointer = at - 4;
    s->state->pc = pc;
    s->state->registers[SP] = at + 4 + removed;
    s->state->registers[BP] = ebp;
    s->state->sp_unsure = false;
    return true;
}

static bool leave_by_code(stepping *s)
{
    const unwind_frame *f = s->frame;
    recipe_x86 recipe = recipe_x86_at(s->source, f->img, f->base, f->rva);
    const uint64_t bases[] = {[BASE_ESP] = s->state->registers[SP], [BASE_EBP] = s->state->registers[BP]};
    uint64_t ebp = recipe.ebp_lost ? 0 : s->state->registers[BP];
    bool by_sp = recipe.base == BASE_ESP || recipe.ebp_base == BASE_ESP;
    if (recipe.base == BASE_UNKNOWN || (by_sp && s->state->sp_unsure))
        return false;
    if (recipe.ebp_base != BASE_UNKNOWN && !load(s->source, bases[recipe.ebp_base] + (uint64_t)recipe.ebp_offset, &ebp))
        return false;
    uint64_t at = (uint32_t)(bases[recipe.base] + (uint64_t)recipe.offset);
    return at >= f->child_sp && leave_at(s, at, ebp, recipe.removed);
}

static frame_x86 frame_of(const unwind_frame *frame)
{
    return frame_x86_at(frame->img, x86_start(frame->img, frame->rva - frame->call), frame->rva);
}

static uint16_t removed_by(const stepping *s)
{
    uint32_t start = x86_start(s->frame->img, s->frame->rva - s->frame->call);
    return start ? recipe_x86_removed(s->source, s->frame->base + start) : 0;
}

/* A function that aligns its stack: ECX points above the return address while there is no frame yet, and at the end, at
 * `lea esp, [ecx - 4]`, when EBP is the caller's again. */
static bool leave_by_ecx(stepping *s)
{
    const unwind_frame *f = s->frame;
    const frame_x86 begun = frame_of(f);
    const uint8_t *code = (const uint8_t *)image_view(f->img) + f->rva;
    bool ends = f->rva + 3 < image_size(f->img) && memcmp(code, "\x8d\x61\xfc", 3) == 0;
    return !f->call && (ends || (begun.aligned && !begun.framed)) &&
           leave_at(s, s->state->registers[CX] - 4, s->state->registers[BP], removed_by(s));
}

/* A frame with an aligned stack: true if it is known where the true return address lies. */
static bool find_true_frame(const stepping *s, const frame_x86 *f, uint64_t *at)
{
    uint64_t above = s->state->registers[CX];
    if (f->cfa_saved ? !load(s->source, s->state->registers[BP] + (uint64_t)(int64_t)f->cfa_at, &above)
                     : s->frame->call)
        return false;
    *at = above - 4;
    return above > s->frame->child_sp && above - s->frame->child_sp < FRAME_LARGEST;
}

static bool leave_by_ebp(stepping *s)
{
    const frame_x86 f = frame_of(s->frame);
    uint64_t bp = s->state->registers[BP], at = bp + (uint64_t)(int64_t)f.ebp_at, ebp;
    if (!f.framed || bp < s->frame->child_sp || bp - s->frame->child_sp >= FRAME_LARGEST ||
        !load(s->source, at - (uint64_t)(int64_t)f.saved_at, &ebp))
        return false;
    bool known = !f.aligned || find_true_frame(s, &f, &at);
    if (!leave_at(s, at, ebp, removed_by(s)))
        return false;
    s->state->sp_unsure = !known;
    return true;
}

/* Searching ----------------------------------------------------------------------------------------------------------- */

/* Can the call that returns to `address` have been to this function? 2: it was; 1: it may have been; 0: no. */
static int called_us(stepping *s, uint64_t address)
{
    unwind_module module;
    call_site site = call_that_returns_to(s->source, address, &module);
    uint32_t start = x86_start(s->frame->img, s->frame->rva - s->frame->call);
    uint64_t to;
    switch (site.kind) {
    case CALL_DIRECT: to = x86_destination(s->source, module.img, module.base, site.target); break;
    case CALL_SLOT: to = x86_slot(s->source, module.base, site.target); break;
    case CALL_COMPUTED: return 1;
    default: return 0;
    }
    return start == 0 ? 1 : to == s->frame->base + start ? 2 : 0;
}

/* The caller's EBP, if the function pushed it and uses EBP for something else. */
static uint64_t ebp_saved_below(const stepping *s, uint64_t at)
{
    const frame_x86 f = frame_of(s->frame);
    uint64_t ebp = s->state->registers[BP];
    if (f.saved && !f.aligned)
        load(s->source, at - (uint64_t)(int64_t)f.saved_at, &ebp);
    else if (at == ebp + 4) /* EBP points to where a frame keeps it */
        load(s->source, ebp, &ebp);
    return ebp;
}

static bool leave_by_search(stepping *s, int likely)
{
    uint64_t sp = s->state->registers[SP], word;
    for (uint64_t at = sp; at < sp + 4 * SCAN_WORDS && load(s->source, at, &word); at += 4) {
        if (word && called_us(s, word) >= likely) {
            s->frame->doubtful = likely == 1;
            return leave_at(s, at, ebp_saved_below(s, at), removed_by(s));
        }
    }
    return false;
}

unwind_end unwind_step_x86(const unwind_source *source, unwind_frame *frame, bool leaf_allowed, unwind_state *state)
{
    stepping s = {source, frame, state};
    (void)leaf_allowed;
    if (frame->img == NULL) /* a jump to nowhere: the return address is on top */
        return leave_at(&s, state->registers[SP], state->registers[BP], 0) ? UNWIND_COMPLETE : UNWIND_NO_MODULE;
    if (is_trap_handler(frame) && leave_trap(&s))
        return UNWIND_COMPLETE;
    if (leave_by_code(&s) || leave_by_ecx(&s) || leave_by_ebp(&s) || leave_by_search(&s, 2))
        return UNWIND_COMPLETE;
    if (state->registers[BP] == 0) { /* a thread's first function, which nobody called */
        state->pc = 0;
        return UNWIND_COMPLETE;
    }
    return leave_by_search(&s, 1) ? UNWIND_COMPLETE : UNWIND_NO_DATA;
}
