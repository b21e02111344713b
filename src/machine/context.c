/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.c - registers: of the running thread, and those put aside while others run.
 *
 * The running thread's registers are either here (m->live: interpret.c executes) or in Unicorn. What interpret.c does not
 * know (segments, control registers, floating point) stays in Unicorn's format, the "rest": threads that Unicorn has done
 * nothing for since the creation of their creator share one.
 *
 *   slot    r, flags, block, x ──┐                  m->rest: slot with the running thread's rest, valid
 *           rest: a slot ────────┴─> whole, serial           unless rest_dirty: then Unicorn has it
 *                                                   m->cpu_serial: the whole that Unicorn holds unchanged, 0 = none
 *
 * A slot below the newest mark's count is never overwritten, so that the marks keep their registers; a whole that others
 * may refer to is never overwritten before the slot itself is given up.
 */
#include "core.h"

#include <stdlib.h>

enum { REGISTERS = 16, OTHERS = 2 };

static void no_memory(void)
{
    guard_off();
    abort();
}

static uint32_t context_new(machine *m)
{
    uint32_t slot = m->context_count;
    if (slot == m->context_capacity) {
        uint32_t capacity = slot ? slot * 2 : 64;
        context *grown = realloc(m->contexts, capacity * sizeof *grown);
        if (!grown) {
            no_memory();
        }
        memset(grown + slot, 0, (capacity - slot) * sizeof *grown);
        m->contexts = grown;
        m->context_capacity = capacity;
    }
    m->context_count++;
    return slot;
}

static void save_whole(machine *m, uint32_t slot)
{
    context *c = &m->contexts[slot];
    if (!c->whole && uc_context_alloc(m->cpu, &c->whole) != UC_ERR_OK) {
        no_memory();
    }
    uc_context_save(m->cpu, c->whole);
    c->serial = m->cpu_serial = ++m->last_serial;
    c->rest = m->rest = slot;
    m->rest_dirty = false;
}

/* Where thread `number`'s registers go now: its slot, or a new one. */
static uint32_t slot_of(machine *m, uint32_t number, bool fresh)
{
    thread *t = &m->threads[number];
    uint32_t kept = m->snapshot_count ? m->snapshots[m->snapshot_count - 1].contexts : 0;
    if (fresh || t->context <= kept || t->context > m->context_count) {
        CHANGE(m, t->context, context_new(m) + 1);
    }
    return t->context - 1;
}

static void move_vectors(machine *m, bool to_cpu)
{
    int names[REGISTERS];
    void *values[REGISTERS];
    for (int i = 0; i < REGISTERS; i++) {
        names[i] = UC_X86_REG_XMM0 + i;
        values[i] = &m->x[i];
    }
    if (to_cpu) {
        uc_reg_write_batch(m->cpu, names, values, REGISTERS);
    } else {
        uc_reg_read_batch(m->cpu, names, values, REGISTERS);
    }
}

/* Unicorn holds the running thread's rest. */
static void load_rest(machine *m)
{
    if (!m->rest_dirty && m->contexts[m->rest].serial != m->cpu_serial) {
        uc_context_restore(m->cpu, m->contexts[m->rest].whole);
        m->cpu_serial = m->contexts[m->rest].serial;
    }
}

void context_vectors(machine *m)
{
    if (!m->vectors) {
        load_rest(m);
        move_vectors(m, false);
        m->vectors = true;
    }
}

/* The rest is in a slot. */
static void settle(machine *m)
{
    if (m->rest_dirty) {
        if (m->vectors) {
            move_vectors(m, true);
        }
        save_whole(m, context_new(m));
    }
}

/* Returns how many. */
static int names_and_values(machine *m, int *names, void **values, uint64_t *flags)
{
    int count = (int)m->arch->general_count;
    for (int i = 0; i < count; i++) {
        names[i] = m->arch->general[i];
        values[i] = &m->r[i];
    }
    names[count] = UC_X86_REG_EFLAGS;
    values[count++] = flags;
    names[count] = m->arch->pc;
    values[count++] = &m->rip;
    return count;
}

void context_lend(machine *m)
{
    if (!m->live) {
        return;
    }
    int names[REGISTERS + OTHERS];
    void *values[REGISTERS + OTHERS];
    uint64_t flags = flags_word(&m->f);
    load_rest(m);
    uc_reg_write_batch(m->cpu, names, values, names_and_values(m, names, values, &flags));
    m->arch->lend_segments(m);
    if (m->vectors) {
        move_vectors(m, true);
    }
    m->live = m->vectors = false;
    m->rest_dirty = true;
    m->cpu_serial = 0;
}

void context_take_back(machine *m)
{
    if (m->live || !m->interpreted) {
        return;
    }
    int names[REGISTERS + OTHERS];
    void *values[REGISTERS + OTHERS];
    uint64_t flags = 0;
    uc_reg_read_batch(m->cpu, names, values, names_and_values(m, names, values, &flags));
    m->arch->take_segments(m);
    flags_set(&m->f, (uint32_t)flags);
    m->live = m->rest_dirty = true;
    m->vectors = false;
    m->cpu_serial = 0;
}

static void read_general(machine *m, context *c)
{
    for (uint32_t i = 0; i < m->arch->general_count; i++) {
        c->r[i] = cpu_get(m, m->arch->general[i]);
    }
    c->flags = (uint32_t)cpu_get(m, UC_X86_REG_EFLAGS);
    m->arch->take_segments(m);
    c->block = m->r[BLOCK_REGISTER];
    c->flat = m->flat;
    c->vectors = false;
}

void context_store(machine *m)
{
    if (!m->live) {
        uint32_t own = slot_of(m, m->current, m->interpreted);
        save_whole(m, own);
        read_general(m, &m->contexts[own]);
        return;
    }
    settle(m);
    uint32_t slot = slot_of(m, m->current, false);
    context *c = &m->contexts[slot];
    memcpy(c->r, m->r, sizeof c->r);
    c->flags = flags_word(&m->f);
    c->block = m->r[BLOCK_REGISTER];
    c->flat = m->flat;
    c->rest = m->rest;
    c->vectors = m->vectors;
    if (m->vectors) {
        memcpy(c->x, m->x, sizeof c->x);
    }
}

/*
 * A context saved inside a hook has its flags in Unicorn's lazy form, which starting the processor does not take up when
 * the same kind of instruction set them twice in a block (2.0.1). Reading and writing them makes them plain.
 */
void cpu_restore(machine *m, uc_context *saved)
{
    uc_context_restore(m->cpu, saved);
    cpu_set(m, UC_X86_REG_EFLAGS, cpu_get(m, UC_X86_REG_EFLAGS) & 0xffffffffu);
}

void context_load(machine *m, uint32_t number)
{
    const context *c = &m->contexts[m->threads[number].context - 1];
    m->live = m->interpreted;
    if (!m->live) {
        cpu_restore(m, c->whole);
        return;
    }
    memcpy(m->r, c->r, sizeof c->r);
    flags_set(&m->f, c->flags);
    m->r[BLOCK_REGISTER] = c->block;
    m->flat = c->flat;
    m->rest = c->rest;
    m->rest_dirty = false;
    m->vectors = c->vectors;
    if (m->vectors) {
        memcpy(m->x, c->x, sizeof m->x);
    }
}

/* What Unicorn would take up of the registers, too. */
static void write_general(machine *m, context *c, uint64_t pc)
{
    uint64_t flags = c->flags;
    uc_context_reg_write(c->whole, m->arch->pc, &pc);
    uc_context_reg_write(c->whole, UC_X86_REG_EFLAGS, &flags);
    for (uint32_t i = 0; i < m->arch->general_count; i++) {
        uc_context_reg_write(c->whole, m->arch->general[i], &c->r[i]);
    }
}

void context_birth(machine *m, uint32_t number, uint64_t sp, uint64_t block, uint64_t argument)
{
    uint32_t rest = m->rest;
    bool dirty = m->rest_dirty;
    if (m->live) {
        settle(m);
    }
    uint32_t slot = slot_of(m, number, false);
    context *c = &m->contexts[slot];
    memset(c->r, 0, sizeof c->r);
    c->r[1] = argument; /* (R)CX */
    c->r[4] = sp;
    c->flags = 0x202;
    c->block = block;
    c->vectors = m->live && m->vectors;
    c->flat = true;
    if (m->live) {
        c->rest = m->rest;
        memcpy(c->x, m->x, sizeof c->x);
        return;
    }
    save_whole(m, slot); /* for the child only */
    m->rest = rest;
    m->rest_dirty = dirty;
    m->cpu_serial = 0;
    m->arch->birth(m, m->contexts[slot].whole, block);
    m->arch->take_segments(m);
    c->flat = m->flat;
    write_general(m, &m->contexts[slot], m->threads[number].pc);
}

void context_free(machine *m)
{
    for (uint32_t i = 0; i < m->context_capacity; i++) {
        if (m->contexts[i].whole) {
            uc_context_free(m->contexts[i].whole);
        }
    }
    free(m->contexts);
}
