/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap.c - faults and interrupts, delivered as a processor does: gate from the guest's IDT, frame on the interrupted
 * stack. The state is the one before the instruction (faults) or behind it (int n).
 */
#include "core.h"

enum { VECTOR_UD = 6, VECTOR_DF = 8, VECTOR_SS = 12, VECTOR_GP = 13, VECTOR_PF = 14, VECTOR_AC = 17 };

static bool has_error_code(int vector)
{
    return vector == VECTOR_DF || (vector >= 10 && vector <= VECTOR_PF) || vector == VECTOR_AC;
}

static bool is_canonical(uint64_t address) { return (uint64_t)((int64_t)(address << 16) >> 16) == address; }

/* Address of the gate's handler, 0 = no such gate. */
static uint64_t gate(machine *m, int vector)
{
    uc_x86_mmr idtr = {0};
    uc_reg_read(m->cpu, UC_X86_REG_IDTR, &idtr);
    uint8_t bytes[16];
    uint64_t offset = (uint64_t)vector * sizeof bytes;
    const uint8_t *at = memory_host(m, idtr.base + offset, sizeof bytes, PAGE_R);
    if (!at || offset + sizeof bytes - 1 > idtr.limit) {
        return 0;
    }
    memcpy(bytes, at, sizeof bytes);
    if (!(bytes[5] & 0x80)) {
        return 0;
    }
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[6] << 16 | (uint64_t)bytes[7] << 24 |
           (uint64_t)bytes[8] << 32 | (uint64_t)bytes[9] << 40 | (uint64_t)bytes[10] << 48 | (uint64_t)bytes[11] << 56;
}

void trap_double_fault(machine *m, uint64_t rip)
{
    machine_end_execution(m, MACHINE_DOUBLE_FAULT);
    uc_context_save(m->cpu, context_to_save(m, m->current));
    CHANGE(m, m->threads[m->current].pc, rip);
    CHANGE(m, m->threads[m->current].instructions, m->count);
    m->stopped = true;
}

static void enter_handler(machine *m, int vector, uint64_t error, uint64_t rip)
{
    enum { CODE_SELECTOR = 0x10, STACK_SELECTOR = 0x18, KEPT_FLAGS = 0xfffff8ff /* TF, IF, DF off */ };
    uint64_t rsp = cpu_get(m, UC_X86_REG_RSP), flags = cpu_get(m, UC_X86_REG_EFLAGS) & 0xffffffffu;
    uint64_t frame[6] = {error, rip, CODE_SELECTOR, flags, rsp, STACK_SELECTOR};
    size_t skip = has_error_code(vector) ? 0 : 1;
    size_t size = sizeof frame - skip * sizeof frame[0];
    uint64_t top = (rsp & ~15ull) - size;
    uint64_t handler = gate(m, vector);
    if (!handler || !memory_write(m, top, frame + skip, size)) {
        trap_double_fault(m, rip);
        return;
    }
    cpu_set(m, UC_X86_REG_RSP, top);
    cpu_set(m, UC_X86_REG_EFLAGS, flags & KEPT_FLAGS);
    cpu_set(m, UC_X86_REG_RIP, handler);
}

static void deliver_fault(machine *m)
{
    cpu_restore(m, m->fault_context);
    while (m->journal_size > m->fault_journal) { /* what the instruction wrote all the same */
        const journal_entry *entry = &m->journal[--m->journal_size];
        memcpy(entry->at, &entry->old, 8);
    }
    m->faulted = false;
    uint64_t rip = m->pc;
    if (!is_canonical(m->fault_address)) {
        enter_handler(m, VECTOR_GP, 0, rip);
        return;
    }
    bool present = memory_kind(m, m->fault_address) == HV_PAGE_READ_ONLY;
    uint64_t error = (present ? 1 : 0) | (m->fault_write ? 2 : 0) | (m->fault_fetch ? 16 : 0);
    cpu_set(m, UC_X86_REG_CR2, m->fault_address);
    enter_handler(m, VECTOR_PF, error, rip);
}

void trap_deliver(machine *m)
{
    if (m->faulted) {
        m->trap = -1;
        deliver_fault(m);
        return;
    }
    int vector = m->trap;
    m->trap = -1;
    uint64_t rip = cpu_get(m, UC_X86_REG_RIP);
    bool behind = vector == 3 || vector == 4 || vector >= 32; /* int n: the next instruction */
    enter_handler(m, vector, 0, behind ? rip : m->pc);
}
