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

bool trap_gate(machine *m, int vector, uint8_t *bytes, size_t size)
{
    enum { PRESENT = 0x80 };
    uc_x86_mmr idtr = {0};
    uc_reg_read(m->cpu, UC_X86_REG_IDTR, &idtr);
    uint64_t offset = (uint64_t)vector * size;
    const uint8_t *at = memory_host(m, idtr.base + offset, size, PAGE_R);
    if (!at || offset + size - 1 > idtr.limit) {
        return false;
    }
    memcpy(bytes, at, size);
    return bytes[5] & PRESENT;
}

void trap_double_fault(machine *m, uint64_t pc)
{
    machine_end_execution(m, MACHINE_DOUBLE_FAULT);
    context_store(m);
    CHANGE(m, m->threads[m->current].pc, pc);
    CHANGE(m, m->threads[m->current].instructions, m->count);
    m->stopped = true;
}

static void enter_handler(machine *m, int vector, uint64_t error, uint64_t pc)
{
    enum { KEPT_FLAGS = 0xfffff8ff /* TF, IF, DF off */ };
    uint64_t handler = m->arch->handler(m, vector), sp = cpu_get(m, m->arch->general[4]);
    if (!handler || !m->arch->push_frame(m, pc, has_error_code(vector), error)) {
        cpu_set(m, m->arch->general[4], sp);
        trap_double_fault(m, pc);
        return;
    }
    cpu_set(m, UC_X86_REG_EFLAGS, cpu_get(m, UC_X86_REG_EFLAGS) & KEPT_FLAGS);
    cpu_set(m, m->arch->pc, handler);
}

static void deliver_fault(machine *m)
{
    cpu_restore(m, m->fault_context);
    while (m->journal_size > m->fault_journal) { /* what the instruction wrote all the same */
        const journal_entry *entry = &m->journal[--m->journal_size];
        memcpy(entry->at, &entry->old, 8);
    }
    m->faulted = false;
    if (m->arch->word == 8 && !is_canonical(m->fault_address)) {
        enter_handler(m, VECTOR_GP, 0, m->pc);
        return;
    }
    bool present = memory_kind(m, m->fault_address) == HV_PAGE_READ_ONLY;
    uint64_t error = (present ? 1 : 0) | (m->fault_write ? 2 : 0) | (m->fault_fetch ? 16 : 0);
    cpu_set(m, UC_X86_REG_CR2, m->fault_address);
    enter_handler(m, VECTOR_PF, error, m->pc);
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
    bool behind = vector == 3 || vector == 4 || vector >= 32; /* int n: the next instruction */
    enter_handler(m, vector, 0, behind ? cpu_get(m, m->arch->pc) : m->pc);
}
