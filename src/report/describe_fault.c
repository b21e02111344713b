/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_fault.c - the bug check and the instruction that led to it. */
#include "describe_parts.h"

#include <inttypes.h>
#include <string.h>

#include "disassemble.h"

#define NULL_PAGE_END 0x10000ull            /* below: NULL and an offset */
#define POISON        0xcdcdcdcdcdcdcdcdull /* contents of new pool: machine/tunables.h */

/* 0: this processor's trap frame has no such field. */
static uint64_t trap_word(const describer *d, const capture *c, uint16_t offset)
{
    uint64_t value = 0;
    size_t word = lab_is_wide(d->l) ? 8 : 4;
    if (offset != LAYOUT_NONE) {
        memcpy(&value, c->trap + offset, word);
    }
    return value;
}

static void describe_registers(describer *d, const capture *c, report_fault *out)
{
    const struct nt_layout *layout = lab_layout(d->l);
    out->trap_frame = c->ending.stop.trap_frame;
    out->has_registers = true;
    out->registers = (report_registers){
        .rbx = trap_word(d, c, layout->trap_bx),
        .rsi = trap_word(d, c, layout->trap_si),
        .rdi = trap_word(d, c, layout->trap_di),
        .rax = trap_word(d, c, layout->trap_ax),
        .rcx = trap_word(d, c, layout->trap_cx),
        .rdx = trap_word(d, c, layout->trap_dx),
        .r8 = trap_word(d, c, layout->trap_r8),
        .r9 = trap_word(d, c, layout->trap_r9),
        .r10 = trap_word(d, c, layout->trap_r10),
        .r11 = trap_word(d, c, layout->trap_r11),
        .rbp = trap_word(d, c, layout->trap_bp),
        .rip = trap_word(d, c, layout->trap_ip),
        .rsp = trap_word(d, c, layout->trap_sp),
        .rflags = (uint32_t)trap_word(d, c, layout->trap_flags),
        .narrow = !lab_is_wide(d->l),
        .partial = lab_is_wide(d->l), /* on x86 it has them all */
    };
}

static uint64_t context_word(describer *d, const capture *c, size_t offset)
{
    return lab_word(d->l, c->ending.stop.context + offset);
}

/* The registers that calls keep are in the exception's context, if there is one. */
static void complete_registers(describer *d, const capture *c, report_registers *r)
{
    if (!r->partial || !c->ending.stop.context || context_word(d, c, X64_context_ip) != r->rip) {
        return;
    }
    r->rbx = context_word(d, c, X64_context_bx);
    r->rsi = context_word(d, c, X64_context_si);
    r->rdi = context_word(d, c, X64_context_di);
    r->r12 = context_word(d, c, X64_context_r12);
    r->r13 = context_word(d, c, X64_context_r12 + 8);
    r->r14 = context_word(d, c, X64_context_r12 + 16);
    r->r15 = context_word(d, c, X64_context_r12 + 24);
    r->partial = false;
}

/* The page fault's error code: bit 1 a write, bit 4 a fetch. */
static report_access access_of(const describer *d, const capture *c)
{
    uint64_t code = c->has_trap ? trap_word(d, c, lab_layout(d->l)->trap_error_code) : 0;
    if (c->ending.pc == c->ending.address) {
        return REPORT_EXECUTE;
    }
    return code & 16 ? REPORT_EXECUTE : code & 2 ? REPORT_WRITE : REPORT_READ;
}

/* ", freed by isolate!StopQueue+0x31 (unload)" */
static const char *freed_by(describer *d, const capture *c, const char *verb)
{
    if (!c->freed || !c->freed->count) {
        return "";
    }
    const unwind_frame *frame = innermost_of_driver(d, c->freed);
    return report_arena_printf(d->arena, ", %s by %s (%s)", verb, name_text(d, frame ? frame : &c->freed->frames[0]),
                               describe_role(d, c->freed_thread, c->freed_role));
}

static const char *low_address(describer *d, uint64_t address)
{
    if (address == 0) {
        return "NULL";
    }
    return address < NULL_PAGE_END ? report_arena_printf(d->arena, "NULL + 0x%" PRIx64, address)
                                   : "an address of user mode";
}

/* What is at the address. */
static const char *address_text(describer *d, const capture *c)
{
    uint64_t address = c->ending.address;
    const char *module = name_data(d, address);
    uint64_t poison = lab_is_wide(d->l) ? POISON : (uint32_t)POISON;
    if (lab_is_user_address(d->l, address)) {
        return low_address(d, address);
    }
    if (address >= poison - 0x10000 && address <= poison + 0x10000) {
        return "a pointer out of pool that was never written to: its poison is cd";
    }
    switch (c->page) {
    case HV_PAGE_FREED: return report_arena_printf(d->arena, "freed pool%s", freed_by(d, c, "freed"));
    case HV_PAGE_GUARD: return "just outside a pool block";
    case HV_PAGE_UNLOADED:
        return report_arena_printf(d->arena, "%s, unloaded or discarded%s", module ? module : "an image",
                                   freed_by(d, c, "unmapped"));
    case HV_PAGE_STACK_FREED: return "the stack of a thread that has ended";
    case HV_PAGE_READ_ONLY: return report_arena_printf(d->arena, "%s, read-only", module ? module : "memory");
    case HV_PAGE_NONE: return address == UINT64_MAX ? "not canonical" : "nothing was ever there";
    default: return module;
    }
}

static void describe_place(describer *d, const capture *c, report_fault *out)
{
    unwind_frame frame = capture_frame_of(d->l, c->ending.pc);
    const symbol *name = name_of(d, &frame);
    out->pc = c->ending.pc;
    out->symbol = name_text(d, &frame);
    out->place = name_place(d, c->ending.pc);
    if (name) {
        out->file = report_arena_copy(d->arena, name->file);
        out->line = name->line;
    }
    if (frame.img) {
        out->instruction = disassemble(d->arena, frame.img, frame.rva);
    }
}

/* Bug checks whose first argument is the exception's code, and where the record is. */
static bool has_exception(uint32_t code) { return code == 0x7e || code == 0x1e || code == 0x3b || code == 0x8e; }

void describe_fault(describer *d, const capture *c, report_failure *out)
{
    const lab_ending *e = &c->ending;
    if (e->kind != LAB_BUGCHECK && e->kind != LAB_DOUBLE_FAULT) {
        return;
    }
    out->bugcheck.code = e->stop.code;
    memcpy(out->bugcheck.args, e->stop.parameter, sizeof out->bugcheck.args);
    if (!e->pc) {
        return;
    }
    report_fault *fault = &out->fault;
    describe_place(d, c, fault);
    if (c->has_trap && trap_word(d, c, lab_layout(d->l)->trap_ip) == e->pc) {
        describe_registers(d, c, fault);
        complete_registers(d, c, &fault->registers);
    }
    if (has_exception(e->stop.code)) {
        fault->exception = (uint32_t)e->stop.parameter[0];
        fault->exception_record = e->stop.code == 0x7e ? e->stop.parameter[2] : 0;
        fault->context = e->stop.context;
    }
    fault->has_address = e->has_address;
    if (e->has_address) {
        fault->address = e->address;
        fault->access = access_of(d, c);
        fault->address_text = address_text(d, c);
    }
}
