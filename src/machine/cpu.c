/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.c - the processor: Unicorn and its hooks.
 *
 * What was measured of Unicorn 2.0.1, and is relied on: with a hook on every instruction, RIP, flags and registers are
 * exact in any hook; a context saved in a memory hook is the state before the instruction. Memory hooks run before the
 * access and cannot stop it, so that they observe and save, and the run loop undoes.
 */
#include "core.h"

static int general_of(const machine *m, int reg)
{
    for (uint32_t i = 0; i < m->arch->general_count; i++) {
        if (m->arch->general[i] == reg) {
            return (int)i;
        }
    }
    return -1;
}

uint64_t cpu_get(machine *m, int reg)
{
    uint64_t value = 0;
    int general = m->live ? general_of(m, reg) : -1;
    if (general >= 0) {
        value = m->r[general];
    } else if (m->live && reg == m->arch->pc) {
        value = m->rip;
    } else if (m->live && reg == UC_X86_REG_EFLAGS) {
        value = flags_word(&m->f);
    } else if (m->live && reg == UC_X86_REG_GS_BASE) {
        value = m->r[BLOCK_REGISTER];
    } else {
        uc_reg_read(m->cpu, reg, &value);
    }
    return value;
}

void cpu_set(machine *m, int reg, uint64_t value)
{
    int general = m->live ? general_of(m, reg) : -1;
    if (general >= 0) {
        m->r[general] = m->arch->word == 8 ? value : (uint32_t)value;
    } else if (m->live && reg == m->arch->pc) {
        m->rip = value;
    } else if (m->live && reg == UC_X86_REG_EFLAGS) {
        flags_set(&m->f, (uint32_t)value);
    } else {
        uc_reg_write(m->cpu, reg, &value);
    }
}

static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    (void)uc;
    machine *m = context;
    /* The longest instruction has 15 bytes: near a page's end it may reach into the next. */
    if (UNLIKELY(m->count >= m->limit || (address + 14) >> PAGE_SHIFT != m->code_page)) {
        if (!run_slow_path(m, address, size)) {
            return;
        }
    }
    m->pc = address;
    m->count++;
}

static void on_access(uc_engine *uc, uc_mem_type type, uint64_t address, int length, int64_t value, void *context)
{
    (void)uc;
    (void)value;
    machine *m = context;
    window *w = window_of(m, address);
    if (UNLIKELY(!w)) {
        return; /* nothing is mapped there: on_unmapped comes next */
    }
    uint32_t size = (uint32_t)length;
    bool write = type == UC_MEM_WRITE;
    uint64_t offset = address - w->base, page = offset >> PAGE_SHIFT;
    uint8_t bits = w->page[page], need = write ? PAGE_W : PAGE_R;
    if (UNLIKELY(!(bits & need))) {
        run_fault(m, address, write, false);
    } else if (UNLIKELY((offset & (PAGE_BYTES - 1)) + size > PAGE_BYTES && !(w->page[page + 1] & need))) {
        run_fault(m, (address | (PAGE_BYTES - 1)) + 1, write, false);
    } else if (UNLIKELY((bits & PAGE_PARTIAL) && outside_block(w, page, offset, size))) {
        run_fault(m, address, write, false);
    }
    if (write) {
        if (m->write_count != m->count) {
            m->write_count = m->count;
            m->write_journal = m->journal_size;
            m->limit = UNLIKELY(m->journal_size >= JOURNAL_MOST) ? 0 : m->limit;
        }
        journal_word(m, w->host + offset);
        if (UNLIKELY(m->soft_count != 0) && !m->faulted) {
            soft_written(m, address, size);
        }
    }
    if (!m->faulted) {
        sharing_watch(m, w, offset, size | (write ? WRITES : READS), 0);
    }
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *context)
{
    (void)uc;
    (void)size;
    (void)value;
    bool fetch = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;
    machine *m = context;
    if (fetch && !m->faulted) {
        m->pc = cpu_get(m, m->arch->pc);
    }
    run_fault(m, address, type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT, fetch);
    return false;
}

static void on_hypercall(uc_engine *uc, void *context)
{
    (void)uc;
    hypercall(context);
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *context)
{
    machine *m = context;
    if (m->faulted || m->trap >= 0) {
        return;
    }
    m->trap = (int)number;
    uc_emu_stop(uc);
}

static bool on_invalid(uc_engine *uc, void *context)
{
    (void)uc;
    machine *m = context;
    if (!m->faulted && m->trap < 0) {
        m->trap = 6;
    }
    return false;
}

static uint32_t on_port_in(uc_engine *uc, uint32_t port, int size, void *context)
{
    (void)uc, (void)port, (void)size, (void)context;
    return 0xffffffffu; /* an empty bus */
}

static void on_port_out(uc_engine *uc, uint32_t port, int size, uint32_t value, void *context)
{
    (void)uc, (void)port, (void)size, (void)value, (void)context;
}

bool cpu_create(machine *m)
{
    uc_hook hook;
    if (uc_open(UC_ARCH_X86, m->arch->mode, &m->cpu) != UC_ERR_OK) {
        return false;
    }
    uc_err failed = UC_ERR_OK;
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_CODE, (void *)on_instruction, m, 1, 0);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, (void *)on_access, m, 1, 0);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_PROT, (void *)on_unmapped, m, 1, 0);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_INTR, (void *)on_interrupt, m, 1, 0);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_INSN_INVALID, (void *)on_invalid, m, 1, 0);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_INSN, (void *)on_hypercall, m, 1, 0, UC_X86_INS_SYSCALL);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_INSN, (void *)on_port_in, m, 1, 0, UC_X86_INS_IN);
    failed |= uc_hook_add(m->cpu, &hook, UC_HOOK_INSN, (void *)on_port_out, m, 1, 0, UC_X86_INS_OUT);
    return failed == UC_ERR_OK && (m->fault_context || uc_context_alloc(m->cpu, &m->fault_context) == UC_ERR_OK);
}

bool cpu_renew(machine *m)
{
    uc_engine *old = m->cpu;
    uc_context_save(old, m->fault_context);
    bool fine = cpu_create(m) && memory_map(m) && uc_context_restore(m->cpu, m->fault_context) == UC_ERR_OK;
    uc_close(old);
    return fine;
}

void cpu_destroy(machine *m)
{
    context_free(m);
    if (m->fault_context) {
        uc_context_free(m->fault_context);
    }
    if (m->cpu) {
        uc_close(m->cpu);
    }
}
