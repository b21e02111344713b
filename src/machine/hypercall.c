/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hypercall.c - what the system image may ask of the machine: nt/inc/hypercall.h, one case each. */
#include "core.h"

static void invalid_opcode(machine *m)
{
    m->trap = 6;
    cpu_stop(m);
}

/* Code of the system image and what was mapped with it: not a driver's, nor something that anyone wrote. */
static bool from_system(machine *m)
{
    const window *w = window_of(m, m->pc);
    uint8_t bits = w ? w->page[(m->pc - w->base) >> PAGE_SHIFT] : 0;
    return (bits & (PAGE_X | PAGE_W | PAGE_DRIVER)) == PAGE_X;
}

static void atomic_begin(machine *m)
{
    if (m->atomic_depth++ == 0) {
        m->unit = (uint32_t)m->count;
    }
}

static void atomic_end(machine *m)
{
    if (m->atomic_depth == 0) {
        machine_fail(m, "hypercall: atomic section ended twice at %016lx", m->pc);
    } else if (--m->atomic_depth == 0 && (m->raced || m->bore)) {
        machine_pend(m, PEND_POINT);
    }
}

static void add_note(machine *m, uint64_t address)
{
    const uint8_t *at = memory_host(m, address, sizeof(struct hv_note), PAGE_R);
    if (at && m->v.note_count < MAX_NOTES) {
        struct hv_note note;
        memcpy(&note, at, sizeof note);
        note.text[sizeof note.text - 1] = 0;
        journal_bytes(m, &m->notes[m->v.note_count], sizeof note);
        m->notes[m->v.note_count] = note;
        CHANGE(m, m->v.note_count, m->v.note_count + 1);
    }
}

static void print(machine *m, uint64_t address, uint64_t size)
{
    const uint8_t *text = size < 4096 ? memory_host(m, address, size, PAGE_R) : NULL;
    if (text && m->print) {
        guard_off();
        m->print(m->print_context, m->current, (const char *)text, size);
        guard_on();
    }
}

static void stop(machine *m, uint64_t address)
{
    const uint8_t *at = memory_host(m, address, sizeof(struct hv_stop), PAGE_R);
    machine_end end = m->v.end;
    if (at) {
        memcpy(&end.stop, at, sizeof end.stop);
    }
    CHANGE(m, m->v.end, end);
    machine_end_execution(m, MACHINE_STOPPED);
}

static void park_choice(machine *m, uint64_t count)
{
    thread *t = &m->threads[m->current];
    CHANGE(m, t->choices, (uint32_t)(count ? count : 1));
    CHANGE(m, t->park, PARK_CHOICE);
    machine_pend(m, PEND_PARK);
}

static void park_yield(machine *m)
{
    thread *t = &m->threads[m->current];
    CHANGE(m, t->park, PARK_YIELD);
    machine_pend(m, PEND_PARK);
}

/* Names thread `number`. */
static void label(machine *m, uint64_t number, uint64_t address, uint64_t size)
{
    const uint8_t *text = memory_host(m, address, size, PAGE_R);
    if (text && number < MACHINE_THREADS && size < sizeof m->threads[0].label) {
        thread *t = &m->threads[number];
        journal_bytes(m, t->label, sizeof t->label);
        memcpy(t->label, text, size);
        t->label[size] = 0;
    }
}

static void processor_block(machine *m, uint64_t block)
{
    if (m->arch == &arch_x86) {
        CHANGE(m, m->threads[m->current].block, block);
        x86_set_block(m, block);
    }
}

void hypercall_result(machine *m, uint64_t result)
{
    enum { DX = 2 };
    cpu_set(m, m->arch->general[m->arch->call[CALL_NUMBER]], result);
    if (m->arch->word == 4) {
        cpu_set(m, m->arch->general[DX], result >> 32);
    }
}

static uint64_t argument(machine *m, uint32_t which)
{
    uint32_t number = m->arch->call[which];
    return m->live ? m->r[number] : cpu_get(m, m->arch->general[number]);
}

void hypercall(machine *m)
{
    if (!from_system(m) || m->faulted || m->trap >= 0) {
        invalid_opcode(m);
        return;
    }
    uint64_t number = argument(m, CALL_NUMBER), a = argument(m, CALL_A), b = argument(m, CALL_B);
    uint64_t c = argument(m, CALL_C), d = argument(m, CALL_D);
    uint64_t result = 0;
    switch (number) {
    case HV_ATOMIC_BEGIN: atomic_begin(m); return;
    case HV_ATOMIC_END: atomic_end(m); return;
    case HV_WAIT: wait_begin(m, a); break; /* the result comes with the resume */
    case HV_YIELD: park_yield(m); return;
    case HV_THREAD_CREATE: result = thread_create(m, a, b, c, d); break;
    case HV_THREAD_EXIT: machine_pend(m, PEND_EXIT); return;
    case HV_THREAD_SELF: result = m->current; break;
    case HV_PROCESSOR_BLOCK: processor_block(m, a); break;
    case HV_IRQL_HOME: CHANGE(m, m->v.irql_home, a); break;
    case HV_ALLOC: result = memory_allocate(m, a, (uint32_t)b); break;
    case HV_FREE: result = memory_free(m, a); break;
    case HV_FAULT_INFO: result = (uint64_t)memory_kind(m, a); break;
    case HV_PROTECT: result = memory_protect(m, a, b, (uint32_t)c); break;
    case HV_IMAGE_LOAD: result = module_load(m, a); break;
    case HV_IMAGE_UNLOAD: module_unload(m, a); break;
    case HV_IMAGE_FREE_INIT: module_free_init(m, a); break;
    case HV_CLOCK:
        result = m->v.clock;
        clock_was_read(m);
        break;
    case HV_CLOCK_WORD: result = clock_follow(m, a, b | d << 32, c) ? 0 : 1; break;
    case HV_CLOCK_JUMP: clock_jump(m, a); break;
    case HV_CHOOSE: park_choice(m, a); return;
    case HV_PRINT: print(m, a, b); return;
    case HV_NOTE: add_note(m, a); return;
    case HV_STOP: stop(m, a); return;
    case HV_BOOTED:
        CHANGE(m, m->v.booted, 1);
        machine_pend(m, PEND_POINT);
        return;
    case HV_SHUTDOWN: machine_end_execution(m, MACHINE_SHUT_DOWN); return;
    case HV_LABEL: label(m, a, b, c); return;
    default: machine_fail(m, "hypercall: unknown number %lu at %016lx", number, m->pc); return;
    }
    hypercall_result(m, result);
}
