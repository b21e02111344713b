/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.c - life of a machine: creation, boot, and small questions. */
#include "core.h"

#include <stdlib.h>

const char *machine_status_text(machine_status status)
{
    static const char *const texts[] = {
        [MACHINE_OK] = "no error",
        [MACHINE_NO_MEMORY] = "out of memory",
        [MACHINE_CPU_FAILED] = "the emulated processor could not be created",
        [MACHINE_BAD_IMAGE] = "an image is too large, or there are too many",
        [MACHINE_NOT_BOOTED] = "the system did not come up",
        [MACHINE_NO_SUCH_THREAD] = "no such guest thread",
        [MACHINE_GUEST_BROKEN] = "the system image broke its contract with the machine",
    };
    return (size_t)status < sizeof texts / sizeof texts[0] ? texts[status] : "unknown status";
}

const char *machine_error(const machine *m) { return m->error; }

machine *machine_create(machine_arch which)
{
    machine *m = aligned_alloc(64, (sizeof *m + 63) & ~(size_t)63);
    if (!m) {
        return NULL;
    }
    memset(m, 0, sizeof *m);
    m->arch = which == MACHINE_X86 ? &arch_x86 : &arch_x64;
    m->budget = DEFAULT_BUDGET;
    m->trap = -1;
    m->run_to = m->until = ~0ull;
    m->code_page = m->alone = ~0ull;
    m->interpreted = true;
    if (!cpu_create(m) || !memory_create(m) || !m->arch->start(m)) {
        machine_destroy(m);
        return NULL;
    }
    return m;
}

void machine_destroy(machine *m)
{
    if (!m) {
        return;
    }
    cpu_destroy(m);
    interpret_free(m);
    memory_destroy(m);
    for (uint32_t i = 0; i < m->module_count; i++) {
        free(m->modules[i].prepared);
    }
    free(m->journal);
    free(m->snapshots);
    free(m->touched);
    free(m->changed);
    free(m->conflicts);
    free(m->accesses);
    free(m->access_before);
    free(m->soft);
    free(m);
}

void machine_set_export_filter(machine *m, machine_export_filter filter, void *context)
{
    m->filter = filter;
    m->filter_context = context;
}

void machine_set_cookie(machine *m, uint64_t cookie) { m->cookie = cookie; }
void machine_set_budget(machine *m, uint64_t instructions) { m->budget = instructions; }

void machine_set_printer(machine *m, machine_printer print, void *context)
{
    m->print = print;
    m->print_context = context;
}

void machine_set_tracer(machine *m, machine_tracer trace, void *context)
{
    m->trace = trace;
    m->trace_context = context;
}

uint64_t machine_clock(const machine *m) { return m->v.clock; }
void machine_ending(const machine *m, machine_end *end) { *end = m->v.end; }

size_t machine_notes(const machine *m, const struct hv_note **notes)
{
    *notes = m->notes;
    return m->v.note_count;
}

size_t machine_recent(const machine *m, uint64_t *pcs, size_t capacity)
{
    size_t count = m->recent_count < capacity ? m->recent_count : capacity;
    memcpy(pcs, m->recent + (m->recent_count - count), count * sizeof *pcs);
    return count;
}

size_t machine_read(const machine *m, uint64_t address, void *buffer, size_t size)
{
    const window *w = window_of((machine *)m, address);
    uint64_t there = w ? w->size - (address - w->base) : 0;
    size_t done = size < there ? size : (size_t)there;
    if (done) {
        memcpy(buffer, w->host + (address - w->base), done);
    }
    return done;
}

uint32_t machine_word(const machine *m, uint64_t address)
{
    const window *w = window_of((machine *)m, address);
    uint32_t word = 0;
    if (w && w->size - (address - w->base) >= sizeof word) {
        memcpy(&word, w->host + (address - w->base), sizeof word);
    }
    return word;
}

enum hv_page_kind machine_page_kind(const machine *m, uint64_t address) { return memory_kind((machine *)m, address); }

/* Boot --------------------------------------------------------------------------------------------------------------- */

static void boot_thread(machine *m, const struct hv_loader_block *block)
{
    enum { BOOT_STACK = 0x6000 };
    m->current = 0; /* the first thread is nobody's child */
    m->v.thread_limit = 1;
    uint64_t stack = memory_allocate(m, BOOT_STACK, HV_STACK);
    m->current = 1;
    m->threads[1].exists = 1;
    uint64_t home = memory_allocate(m, sizeof *block, HV_SYSTEM);
    struct hv_loader_block copy = *block;
    copy.stack_limit = stack;
    copy.stack_base = stack + BOOT_STACK;
    memory_write(m, home, &copy, sizeof copy);
    m->current = 0;
    m->threads[1].exists = 0;
    uint64_t arena = m->threads[1].arena_system;
    thread_create(m, block->module[0].entry, copy.stack_base, 0, home);
    m->threads[1].arena_system = arena;
}

static bool to_the_wait(void *context, const machine_step *step)
{
    (void)context;
    (void)step;
    return true;
}

static bool boot_step(void *context, const machine_step *step)
{
    machine *m = context;
    (void)step;
    return !m->v.booted;
}

machine_status machine_boot(machine *m, const char *options)
{
    struct hv_loader_block block = {0};
    size_t length = strlen(options);
    if (length >= sizeof block.options) {
        return MACHINE_NOT_BOOTED;
    }
    memcpy(block.options, options, length);
    if (!module_map_trusted(m, &block)) {
        return MACHINE_GUEST_BROKEN;
    }
    memory_set_pages(m, m->arch->clock_page, PAGE_BYTES, PAGE_R | PAGE_W, HV_PAGE_VALID);
    boot_thread(m, &block);
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS];
    while (!m->v.booted) {
        size_t r, t;
        machine_enabled(m, ready, &r, timed, &t);
        if (r + t == 0 || m->v.end.kind != MACHINE_RUNNING) {
            return MACHINE_NOT_BOOTED;
        }
        machine_status status = machine_run(m, r ? ready[0] : timed[0], 0, boot_step, m);
        if (status != MACHINE_OK) {
            return status;
        }
    }
    machine_run(m, 1, 0, to_the_wait, NULL); /* the first thread goes on to where it rests */
    memory_set_pages(m, m->arch->clock_page, PAGE_BYTES, PAGE_R, HV_PAGE_READ_ONLY);
    m->recording = true;
    m->journal_size = 0;
    return MACHINE_OK;
}
