/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - the step loop.
 *
 *   machine_run ── loads registers ──> processor ── every instruction ──> on_instruction (cpu.c)
 *        ^                                                    │ page changed, limit reached
 *        │                                                    v
 *        └── fault, trap, emulated instruction ───── run_slow_path: points, budget, trace
 *
 * A point lies after each access to shared memory, after each atomic section that made one, before waits, choices and
 * the end of a thread, after the creation of one, and where control leaves an image that can be unloaded. At a point the
 * visitor decides: true goes on inside the hook, without stopping the processor.
 */
#include "core.h"

#include <stdarg.h>
#include <stdio.h>

void machine_fail(machine *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(m->error, sizeof m->error, format, args);
    va_end(args);
    m->failed = !m->recording; /* once the system is up, it is what a driver has made of it */
    machine_end_execution(m, MACHINE_BROKEN);
}

void machine_end_execution(machine *m, int kind)
{
    machine_end end = m->v.end;
    end.kind = (__typeof__(end.kind))kind;
    end.thread = m->current;
    CHANGE(m, m->v.end, end);
    machine_pend(m, PEND_END);
}

void run_fault(machine *m, uint64_t address, bool write, bool fetch)
{
    if (m->faulted) {
        return;
    }
    m->faulted = true;
    m->fault_address = address;
    m->fault_write = write;
    m->fault_fetch = fetch;
    sharing_fault(m, address);
    m->fault_journal = m->write_count == m->count && !fetch ? m->write_journal : m->journal_size;
    context_lend(m);
    uc_context_save(m->cpu, m->fault_context);
    cpu_stop(m);
}

/* Steps ------------------------------------------------------------------------------------------------------------ */

static void step_begin(machine *m, uint64_t pc)
{
    m->access_count = 0;
    m->step_start = m->count;
    m->step_start_pc = pc;
    m->driver_count = 0;
    m->driver_since = m->count;
    m->wrote = m->raced = m->point_write = m->bore = m->saw_clock = false;
    m->images_touched = m->in_driver ? 1ull << m->current_image : 0;
    m->fault_object = m->site = 0;
}

/* Early are all accesses but those of the unit behind which the step ended. What is of one unit stands together. */
static void qualify_accesses(machine *m)
{
    size_t i = m->raced ? m->access_count : 0;
    while (i > 0 && m->accesses[i - 1].first != m->point_unit) {
        i--;
    }
    for (; i > 0 && m->accesses[i - 1].first == m->point_unit; i--) {
        m->accesses[i - 1].early = false;
    }
    for (i = m->fault_object ? m->access_count : 0; i > 0; i--) {
        m->accesses[i - 1].absent = m->accesses[i - 1].object == m->fault_object;
    }
}

static void step_end(machine *m, uint64_t pc, machine_step *step)
{
    thread *t = &m->threads[m->current];
    for (uint64_t images = m->images_touched; images; images &= images - 1) {
        sharing_image(m, (uint32_t)__builtin_ctzll(images), false);
    }
    if (m->wrote) {
        CHANGE(m, m->v.shared_writes, m->v.shared_writes + 1);
        CHANGE(m, t->own_writes, t->own_writes + 1);
    }
    if (m->in_driver) {
        m->driver_count += m->count - m->driver_since;
        m->driver_since = m->count;
    }
    qualify_accesses(m);
    step->thread = m->current;
    step->instructions = m->count - m->step_start;
    step->driver_instructions = m->driver_count;
    step->start_pc = m->step_start_pc;
    step->end_pc = pc;
    step->site = m->site;
    step->accesses = m->accesses;
    step->access_count = m->access_count;
    step->saw_clock = m->saw_clock;
    step->choices = t->park == PARK_CHOICE ? t->choices : 0;
    if (m->pending & PEND_END) {
        step->outcome = MACHINE_OVER;
    } else if (m->pending & PEND_EXIT) {
        step->outcome = MACHINE_EXITED;
    } else {
        bool waits = t->park == PARK_WAIT || t->park == PARK_SPIN;
        step->outcome = waits ? MACHINE_BLOCKED : MACHINE_RAN;
    }
}

/* A loop that reads one word again and again, at one place, writing nothing. */
static void watch_spinning(machine *m)
{
    thread *t = &m->threads[m->current];
    if (m->pending != PEND_POINT || m->wrote || !m->raced || m->point_write) {
        if (t->spin_count) {
            CHANGE(m, t->spin_count, 0);
        }
        return;
    }
    bool again = t->spin_pc == m->pc && t->spin_object == m->point_object;
    journal_bytes(m, &t->spin_pc, 3 * sizeof(uint64_t));
    t->spin_pc = m->pc;
    t->spin_object = m->point_object;
    t->spin_count = again ? t->spin_count + 1 : 1;
    if (t->spin_count >= SPIN_READS) {
        wait_spin(m, t->spin_object);
    }
}

static void stop_at(machine *m, uint64_t pc)
{
    thread *t = &m->threads[m->current];
    context_store(m);
    CHANGE(m, t->pc, pc);
    CHANGE(m, t->instructions, m->count);
    m->stopped = true;
    cpu_stop(m);
}

/* The point before the instruction at `pc`; false: the run ends here. */
static bool at_point(machine *m, uint64_t pc)
{
    machine_step step;
    watch_spinning(m);
    step_end(m, pc, &step);
    if (step.outcome == MACHINE_EXITED) {
        thread_gone(m, m->current);
    }
    m->pending = 0;
    m->pc = pc;
    m->reported = true;
    guard_off();
    bool further = m->visit(m->visit_context, &step) && m->count < m->run_to;
    guard_on();
    if (!further || step.outcome != MACHINE_RAN || step.choices) {
        stop_at(m, pc);
        return false;
    }
    step_begin(m, pc);
    m->reported = false;
    wait_resume(m, m->current, 0);
    return true;
}

static void enter_page(machine *m, uint64_t address, uint8_t bits)
{
    bool driver = bits & PAGE_DRIVER;
    if (m->in_driver) {
        m->driver_count += m->count - m->driver_since;
        if (!driver && m->recording && (m->modules[m->current_image].shadow & SHADOW_POINT) && !m->atomic_depth) {
            m->pending |= PEND_LEAVE;
        }
    }
    m->driver_since = m->count;
    m->in_driver = driver;
    if (driver) {
        int module = module_index_at(m, address);
        m->current_image = module >= 0 ? (uint32_t)module : 0;
        m->images_touched |= 1ull << m->current_image;
    }
}

static bool over_budget(machine *m)
{
    if (m->recent_count < sizeof m->recent / sizeof m->recent[0]) {
        return false; /* let it show its loop first: see run_slow_path */
    }
    machine_end_execution(m, MACHINE_BUDGET);
    return true;
}

/* Is any byte of the instruction not to be executed? Then `*fault` is the first such place. */
static bool cannot_execute(const window *w, uint64_t address, uint32_t size, uint64_t *fault)
{
    *fault = address;
    uint64_t offset = w ? address - w->base : 0, page = offset >> PAGE_SHIFT;
    if (!w || !(w->page[page] & PAGE_X) || ((w->page[page] & PAGE_PARTIAL) && outside_block(w, page, offset, 1))) {
        return true;
    }
    bool crosses = size <= 15 && (offset & (PAGE_BYTES - 1)) + size > PAGE_BYTES;
    *fault = (address | (PAGE_BYTES - 1)) + 1;
    return crosses && !(w->page[page + 1] & PAGE_X);
}

static uint8_t page_bits_at(machine *m, uint64_t address)
{
    const window *w = window_of(m, address);
    return w ? w->page[(address - w->base) >> PAGE_SHIFT] : 0;
}

bool run_slow_path(machine *m, uint64_t address, uint32_t size)
{
    if (m->stopped || m->faulted || m->trap >= 0 || m->special || m->handed_back) {
        return false; /* already stopping */
    }
    if (m->alone != ~0ull && address != m->alone && interpret_can(page_bits_at(m, address))) {
        m->handed_back = true;
        m->pc = address;
        cpu_stop(m);
        return false;
    }
    if (m->again) {
        m->pc = address;
        cpu_stop(m);
        return false;
    }
    window *w = window_of(m, address);
    uint8_t bits = w ? w->page[(address - w->base) >> PAGE_SHIFT] : 0;
    uint64_t fault;
    bool cannot = cannot_execute(w, address, size, &fault);
    if (cannot && !m->pending) {
        m->pc = address;
        run_fault(m, fault, false, true);
        return false;
    }
    if (m->alone == address && !m->alone_begun) { /* interpret.c was here before */
        m->alone_begun = true;
        m->limit = 0;
        return true;
    }
    if (m->in_driver != ((bits & PAGE_DRIVER) != 0) || m->in_driver) {
        enter_page(m, address, bits);
    }
    bool looping = m->count >= m->budget || m->journal_size >= JOURNAL_MOST;
    if (looping && !over_budget(m)) {
        m->recent[m->recent_count++] = address;
    }
    if (m->pending && !at_point(m, address)) {
        return false;
    }
    if (m->count >= m->run_to && !m->atomic_depth) { /* a section is not divided: stop behind it */
        m->pending = 0;
        m->pc = address;
        stop_at(m, address);
        return false;
    }
    if (m->trace) {
        guard_off();
        m->trace(m->trace_context, m->current, address);
        guard_on();
    }
    if (cannot) { /* a point came first */
        m->pc = address;
        run_fault(m, fault, false, true);
        return false;
    }
    if (bits & PAGE_W) {
        soft_executed(m, address);
    }
    if (!m->live && (bits & PAGE_SPECIAL) && special_is(m, w->host + (address - w->base))) {
        m->special = true;
        m->pc = address;
        m->count++;
        cpu_stop(m);
        return false;
    }
    bool every = (!m->live && ((bits & PAGE_SPECIAL) || m->alone != ~0ull)) || m->trace || looping;
    if (every) {
        look_again(m);
    } else {
        m->code_page = address >> PAGE_SHIFT;
        m->limit = m->budget < m->run_to ? m->budget : m->run_to;
    }
    return true;
}

/* Running ---------------------------------------------------------------------------------------------------------- */

static void undefined_at(machine *m, uint64_t address)
{
    uint64_t fault;
    m->pc = address;
    m->trap = 6;
    if (cannot_execute(window_of(m, address), address, 1, &fault)) { /* no code at all */
        run_fault(m, fault, false, true);
    }
    trap_deliver(m);
}

/* The processor could not translate the block that comes next. */
static void give_up(machine *m)
{
    if (!cpu_renew(m)) {
        machine_fail(m, "processor: no memory for a new one");
        m->stopped = true;
        return;
    }
    uint64_t rip = cpu_get(m, m->arch->pc), undefined = guard_undefined(m, rip);
    if (undefined == rip || undefined == m->until) { /* or it balks at what looks well */
        undefined_at(m, rip);
    } else {
        m->until = undefined;
    }
}

/* It stopped by itself: behind a hlt, before what it cannot translate, or at the last address of all. */
static void go_on(machine *m)
{
    uint64_t rip = cpu_get(m, m->arch->pc);
    if (rip == ~0ull || (rip == m->until && guard_undefined(m, rip) == rip)) {
        undefined_at(m, rip);
    } else if (rip == m->until) {
        m->until = ~0ull;
    } else {
        m->count += HALT_INSTRUCTIONS;
    }
}

static void recover(machine *m, uc_err error)
{
    if (m->faulted || m->trap >= 0) {
        trap_deliver(m);
    } else if (m->special) {
        m->special = false;
        special_emulate(m);
    } else if (m->again || m->handed_back) {
        cpu_set(m, m->arch->pc, m->pc);
    } else if (error == UC_ERR_INSN_INVALID) {
        m->trap = 6;
        trap_deliver(m);
    } else if (error != UC_ERR_OK) {
        machine_fail(m, "processor: %s at %016lx", uc_strerror(error), m->pc);
        m->stopped = true;
    } else {
        go_on(m);
    }
}

static void enter_thread(machine *m, uint32_t number, uint32_t choice)
{
    thread *t = &m->threads[number];
    if (m->cpu_thread != number) {
        context_load(m, number);
        m->cpu_thread = number;
    }
    context_take_back(m);
    m->arch->resume(m, t->block);
    m->current = number;
    m->own_stack = m->arch->stack_first + number * STACK_SLOT - m->arch->driver_base;
    m->mine = number * TWO_GRANULES;
    m->near_room = 0;
    m->count = t->instructions;
    look_again(m);
    m->pending = 0;
    m->atomic_depth = 0;
    m->faulted = m->special = m->stopped = m->reported = m->again = m->handed_back = false;
    m->trap = -1;
    m->write_count = ~0ull;
    m->recent_count = 0;
    window *w = window_of(m, t->pc);
    m->in_driver = w && (w->page[(t->pc - w->base) >> PAGE_SHIFT] & PAGE_DRIVER);
    if (m->in_driver) {
        int module = module_index_at(m, t->pc);
        m->current_image = module >= 0 ? (uint32_t)module : 0;
    }
    step_begin(m, t->pc);
    wait_resume(m, number, choice);
}

/* Unicorn executes the instruction at `pc`, and what follows in places that interpret.c leaves to it. */
static bool run_unicorn(machine *m, uint64_t pc, uc_err *error)
{
    context_lend(m);
    m->alone = m->interpreted ? pc : ~0ull;
    m->alone_begun = false;
    m->limit = 0;
    bool fine = guard_start(m, pc, m->until, error);
    m->alone = ~0ull;
    return fine;
}

static machine_status run(machine *m, uint32_t number, uint32_t choice)
{
    if (number == 0 || number >= MACHINE_THREADS || !m->threads[number].exists || m->threads[number].gone) {
        return MACHINE_NO_SUCH_THREAD;
    }
    uint64_t pc = m->threads[number].pc;
    enter_thread(m, number, choice);
    for (;;) {
        uc_err error = UC_ERR_OK;
        bool fine = true;
        soft_forget(m);
        if (!m->live || interpret(m, pc)) {
            fine = run_unicorn(m, m->live ? m->rip : pc, &error);
        }
        if (m->stopped) {
            break;
        }
        if (fine) {
            recover(m, error);
        } else {
            give_up(m);
        }
        if (m->stopped) {
            break;
        }
        m->again = m->handed_back = false;
        context_take_back(m);
        pc = cpu_get(m, m->arch->pc);
        look_again(m);
    }
    if (m->v.end.kind != MACHINE_RUNNING && !m->reported) { /* ended without reaching a point */
        machine_step step;
        m->pending = PEND_END;
        step_end(m, m->pc, &step);
        m->visit(m->visit_context, &step);
    }
    m->cpu_thread = m->v.end.kind == MACHINE_RUNNING ? m->cpu_thread : 0;
    m->current = 0;
    return m->failed ? MACHINE_GUEST_BROKEN : MACHINE_OK;
}

machine_status machine_run(machine *m, uint32_t number, uint32_t choice, machine_visitor visit, void *context)
{
    m->visit = visit;
    m->visit_context = context;
    m->run_to = ~0ull;
    return run(m, number, choice);
}

static bool remember_step(void *context, const machine_step *step)
{
    *(machine_step *)context = *step;
    return true;
}

machine_status machine_run_to(machine *m, uint32_t number, uint32_t choice, uint64_t count, machine_step *step)
{
    memset(step, 0, sizeof *step);
    m->visit = remember_step;
    m->visit_context = step;
    m->run_to = count;
    machine_status status = run(m, number, choice);
    m->run_to = ~0ull;
    return status;
}
