/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thread.c - guest threads: their numbers, their birth, what is known of them. */
#include "core.h"

/*
 * While booting, threads are numbered as they come. Afterwards a number follows from the creator and on how many it has
 * created, so that it is the same in every order of execution; only the children of children come in order.
 */
uint32_t thread_next_number(machine *m)
{
    const thread *creator = &m->threads[m->current];
    if (!m->v.booted) {
        return m->v.thread_limit < FIRST_CHILD_THREAD ? m->v.thread_limit : 0;
    }
    if (m->current < FIRST_CHILD_THREAD && creator->children < CHILDREN_PER_THREAD) {
        return FIRST_CHILD_THREAD + (m->current - 1) * CHILDREN_PER_THREAD + creator->children;
    }
    uint32_t number = FIRST_CHILD_THREAD + (FIRST_CHILD_THREAD - 1) * CHILDREN_PER_THREAD + m->v.overflow_children;
    return number < MACHINE_THREADS ? number : 0;
}

static void count_child(machine *m, uint32_t number)
{
    thread *creator = &m->threads[m->current];
    if (number >= FIRST_CHILD_THREAD + (FIRST_CHILD_THREAD - 1) * CHILDREN_PER_THREAD) {
        CHANGE(m, m->v.overflow_children, m->v.overflow_children + 1);
    } else {
        CHANGE(m, creator->children, creator->children + 1);
    }
    if (number >= m->v.thread_limit) {
        CHANGE(m, m->v.thread_limit, number + 1);
    }
}

static void live_insert(machine *m, uint32_t number)
{
    uint32_t at = m->v.live_count;
    journal_bytes(m, m->v.live, (at + 1) * sizeof m->v.live[0]);
    for (; at > 0 && m->v.live[at - 1] > number; at--) {
        m->v.live[at] = m->v.live[at - 1];
    }
    m->v.live[at] = (uint16_t)number;
    CHANGE(m, m->v.live_count, m->v.live_count + 1);
}

void thread_gone(machine *m, uint32_t number)
{
    uint32_t at = 0;
    CHANGE(m, m->threads[number].gone, 1);
    journal_bytes(m, m->v.live, m->v.live_count * sizeof m->v.live[0]);
    while (m->v.live[at] != number) {
        at++;
    }
    memmove(&m->v.live[at], &m->v.live[at + 1], (m->v.live_count - at - 1) * sizeof m->v.live[0]);
    CHANGE(m, m->v.live_count, m->v.live_count - 1);
}

uint32_t thread_create(machine *m, uint64_t pc, uint64_t sp, uint64_t block, uint64_t argument)
{
    uint32_t number = thread_next_number(m);
    if (!number || m->threads[number].exists) {
        return 0;
    }
    thread *t = &m->threads[number];
    journal_bytes(m, t, sizeof *t);
    uint32_t kept = t->context;
    memset(t, 0, sizeof *t);
    t->context = kept;
    t->exists = 1;
    t->creator = m->current;
    t->pc = t->start_pc = pc;
    t->stack_pointer = sp;
    t->block = block;
    /* Its registers are the creator's (control registers, tables, floating point), but for those that this names. */
    context_birth(m, number, sp, block, argument);
    count_child(m, number);
    live_insert(m, number);
    m->bore = m->recording;
    machine_pend(m, m->recording && !m->atomic_depth ? PEND_POINT : 0);
    return number;
}

uint32_t machine_choices(const machine *m, uint32_t number)
{
    const thread *t = &m->threads[number < MACHINE_THREADS ? number : 0];
    return t->park == PARK_CHOICE ? t->choices : 0;
}

bool machine_waits_last(const machine *m, uint32_t number)
{
    const thread *t = &m->threads[number < MACHINE_THREADS ? number : 0];
    return t->park == PARK_WAIT && (t->wait_flags & HV_WAIT_LAST);
}

machine_status machine_thread_info(machine *m, uint32_t number, machine_thread *info)
{
    if (number == 0 || number >= MACHINE_THREADS) {
        return MACHINE_NO_SUCH_THREAD;
    }
    const thread *t = &m->threads[number];
    if (!t->exists) {
        *info = (machine_thread){.state = MACHINE_THREAD_NONE, .label = ""};
        return MACHINE_OK;
    }
    machine_thread_state state = wait_state(m, t);
    *info = (machine_thread){
        .state = state,
        .held = state == MACHINE_THREAD_BLOCKED && (t->wait_flags & HV_WAIT_TIMED),
        .idle = t->park == PARK_WAIT && (t->wait_flags & HV_WAIT_IDLE),
        .last = t->park == PARK_WAIT && (t->wait_flags & HV_WAIT_LAST),
        .creator = t->creator,
        .choices = t->park == PARK_CHOICE ? t->choices : 0,
        .pc = t->pc,
        .sp = t->context ? m->contexts[t->context - 1].r[4] : 0,
        .start_pc = t->start_pc,
        .block = t->block,
        .instructions = t->instructions,
        .due = t->due,
        .wait_object = t->wait_object,
        .label = t->label,
        .spinning = t->park == PARK_SPIN,
    };
    return MACHINE_OK;
}

static void running_registers(machine *m, uint64_t *const to[16], machine_registers *out)
{
    for (uint32_t i = 0; i < m->arch->general_count; i++) {
        *to[i] = cpu_get(m, m->arch->general[i]);
    }
    out->rflags = cpu_get(m, UC_X86_REG_EFLAGS);
    out->rip = m->pc;
}

machine_status machine_thread_registers(machine *m, uint32_t number, machine_registers *out)
{
    if (number == 0 || number >= MACHINE_THREADS || (number != m->current && !m->threads[number].context)) {
        return MACHINE_NO_SUCH_THREAD;
    }
    uint64_t *const to[16] = {&out->rax, &out->rcx, &out->rdx, &out->rbx, &out->rsp, &out->rbp, &out->rsi, &out->rdi,
                              &out->r8,  &out->r9,  &out->r10, &out->r11, &out->r12, &out->r13, &out->r14, &out->r15};
    *out = (machine_registers){0};
    if (number == m->current) {
        running_registers(m, to, out);
        return MACHINE_OK;
    }
    const context *saved = &m->contexts[m->threads[number].context - 1];
    for (uint32_t i = 0; i < m->arch->general_count; i++) {
        *to[i] = saved->r[i];
    }
    out->rflags = saved->flags;
    out->rip = m->threads[number].pc;
    return MACHINE_OK;
}

static uint64_t mix(uint64_t hash, uint64_t word) { return (hash ^ word) * 0x9e3779b97f4a7c15ull ^ hash >> 29; }

static uint64_t mix_words(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (uint64_t word; size >= sizeof word; size -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    return hash;
}

static uint64_t mix_stack(machine *m, uint64_t hash, uint64_t sp, uint64_t top)
{
    const uint8_t *at = sp - m->own_stack < top - m->own_stack ? memory_host(m, sp, top - sp, PAGE_R) : NULL;
    /* It uses another: whatever that holds, this is not the same again. */
    return at ? mix_words(hash, at, top - sp) : mix(hash, m->count);
}

uint64_t machine_own_state(machine *m)
{
    const thread *t = &m->threads[m->current];
    uint64_t hash = mix(t->own_writes, t->clock_reads);
    machine_registers registers;
    machine_thread_registers(m, m->current, &registers);
    hash = mix_words(hash, &registers, sizeof registers);
    if (m->live && m->vectors) {
        hash = mix_words(hash, m->x, sizeof m->x);
    }
    return mix_stack(m, hash, registers.rsp, t->stack_pointer);
}
