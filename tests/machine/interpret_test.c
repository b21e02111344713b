/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpret_test.c - random programs by interpret.c and by Unicorn: the same registers, flags, memory, number of
 * instructions, steps with the same accesses, and the same fault at the end. TEST_ARCH: x64 (the default) or x86.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core.h"
#include "programs.h"

enum { SEQUENCES = 400, INSTRUCTIONS = 30, AREA = 2 * PAGE_BYTES };
/* From the driver window's start: two pages each. The processor block and the stack share theirs. */
enum { CODE = 0x100000, DATA = 0x200000, STACK = 0x300000, BLOCK = STACK + 512, TOP = BLOCK + 2048 };
enum { SHARED_POINTS = 7 }; /* of so many words, one ends the step that accesses it */

static machine_arch processor;

static uint64_t at(uint64_t place) { return (processor == MACHINE_X64 ? X64_DRIVER_BASE : X86_DRIVER_BASE) + place; }

typedef struct {
    machine_registers registers;
    uint8_t data[AREA], stack[AREA], clock[PAGE_BYTES], behind[PAGE_BYTES];
    uint64_t count, steps, fault_address, end;
    bool fault_write, restored;
} outcome;

static uint64_t mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 29;
}

static bool take_step(void *context, const machine_step *step)
{
    uint64_t *hash = context;
    *hash = mixed(mixed(mixed(*hash, step->instructions), step->end_pc), step->outcome);
    for (size_t i = 0; i < step->access_count; i++) {
        const machine_access *a = &step->accesses[i];
        *hash = mixed(mixed(*hash, a->object << 3 | a->write << 2 | a->early << 1 | a->absent),
                      (uint64_t)a->first << 32 | a->last);
    }
    return true;
}

typedef struct {
    machine *m;
    uint64_t *hash;
} watching;

/* Before the access: memory and registers are as they were. */
static void see_access(void *context, const machine_watched *access)
{
    watching *w = context;
    machine_registers registers;
    uint32_t before = 0;
    machine_thread_registers(w->m, access->thread, &registers);
    machine_read(w->m, access->address, &before, sizeof before);
    *w->hash = mixed(mixed(mixed(*w->hash, before), access->pc), access->count << 1 | access->write);
    *w->hash = mixed(mixed(mixed(*w->hash, registers.rsp), registers.rip), registers.rax);
}

/* As if another thread had written all of it before. */
static void share(machine *m, uint64_t address)
{
    enum { ANOTHER = 9 };
    window *w = window_of(m, address);
    for (uint64_t i = 0, word = (address - w->base) >> 2; i < AREA / 4; i++, word++) {
        w->shadow[word] = ANOTHER | SHADOW_MULTI | SHADOW_WRITTEN | SHADOW_SHARED;
        w->shadow[word] |= i % SHARED_POINTS ? 0 : SHADOW_POINT;
        w->page[word >> (PAGE_SHIFT - 2)] |= PAGE_SHARED;
    }
}

static void fill(uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 37 ^ i >> 3);
    }
}

/* The page as far behind the processor block as the clock's behind 0, in 32 bits: an address means another place when its
 * segment has the block's base. In 64 bits it is just a page. */
static uint64_t behind_block(const machine *m)
{
    uint64_t sum = m->arch->word == 4 ? (uint32_t)(m->arch->clock_page + at(BLOCK)) : at(0);
    return sum & ~(uint64_t)(PAGE_BYTES - 1);
}

static machine *machine_with(const program *p, bool interpreted)
{
    machine *m = machine_create(processor);
    assert_non_null(m);
    m->interpreted = interpreted;
    memory_set_pages(m, at(CODE), AREA, PAGE_R | PAGE_X, HV_PAGE_READ_ONLY);
    memory_set_pages(m, at(DATA), AREA, PAGE_R | PAGE_W, HV_PAGE_VALID);
    memory_set_pages(m, at(STACK), AREA, PAGE_R | PAGE_W, HV_PAGE_VALID);
    memcpy(memory_host(m, p->code, p->size, 0), p->bytes, p->size);
    fill(memory_host(m, at(DATA), AREA, 0), AREA);
    fill(memory_host(m, at(STACK), AREA, 0), AREA);
    memory_set_pages(m, m->arch->clock_page, PAGE_BYTES, PAGE_R | PAGE_W, HV_PAGE_VALID);
    memory_set_pages(m, behind_block(m), PAGE_BYTES, PAGE_R | PAGE_W, HV_PAGE_VALID);
    m->v.thread_limit = 1;
    assert_int_equal(thread_create(m, p->code, at(TOP), at(BLOCK), 0), 1);
    share(m, at(DATA));
    share(m, at(STACK));
    m->recording = true;
    return m;
}

static bool is_as_filled(machine *m, uint64_t address)
{
    static uint8_t wanted[AREA], now[AREA];
    fill(wanted, AREA);
    machine_read(m, address, now, AREA);
    return !memcmp(wanted, now, AREA);
}

/* There is no table of handlers: a fault ends the execution, with the state before the instruction. */
static void run_program(const program *p, bool interpreted, uint64_t watched, outcome *o)
{
    machine *m = machine_with(p, interpreted);
    memset(o, 0, sizeof *o);
    watching w = {m, &o->steps};
    machine_mark mark = machine_save(m);
    machine_set_watch(m, watched, watched ? see_access : NULL, &w);
    machine_run(m, 1, 0, take_step, &o->steps);
    machine_thread_registers(m, 1, &o->registers);
    machine_read(m, at(DATA), o->data, AREA);
    machine_read(m, at(STACK), o->stack, AREA);
    machine_read(m, m->arch->clock_page, o->clock, PAGE_BYTES);
    machine_read(m, behind_block(m), o->behind, PAGE_BYTES);
    o->count = m->threads[1].instructions;
    o->fault_address = m->fault_address;
    o->fault_write = m->fault_write;
    o->end = m->v.end.kind;
    machine_restore(m, mark);
    o->restored = is_as_filled(m, at(DATA)) && is_as_filled(m, at(STACK));
    machine_destroy(m);
}

static void tell(const program *p, const outcome *ours, const outcome *unicorns)
{
    const uint64_t *a = (const uint64_t *)&ours->registers, *b = (const uint64_t *)&unicorns->registers;
    print_message("the program:");
    for (size_t i = 0; i < p->size; i++) {
        print_message(" %02x", p->bytes[i]);
    }
    print_message("\n");
    for (size_t i = 0; i < sizeof ours->registers / 8; i++) {
        print_message("%2zu %016lx %016lx%s\n", i, a[i], b[i], a[i] == b[i] ? "" : " !");
    }
    print_message("instructions %lu %lu, fault at %lx %lx, steps %lx %lx\n", ours->count, unicorns->count,
                  ours->fault_address, unicorns->fault_address, ours->steps, unicorns->steps);
}

static const char *difference(const outcome *a, const outcome *b)
{
    if (memcmp(&a->registers, &b->registers, sizeof a->registers) || a->count != b->count) {
        return "registers";
    }
    if (memcmp(a->data, b->data, AREA) || memcmp(a->stack, b->stack, AREA) || memcmp(a->clock, b->clock, PAGE_BYTES) ||
        memcmp(a->behind, b->behind, PAGE_BYTES)) {
        return "memory";
    }
    if (a->fault_address != b->fault_address || a->fault_write != b->fault_write || a->end != b->end) {
        return "the fault";
    }
    return a->steps != b->steps ? "steps" : !a->restored || !b->restored ? "what was restored" : NULL;
}

static void compare_watching(uint64_t seed, uint64_t code, uint64_t data, uint64_t watched)
{
    static outcome ours, unicorns;
    program p = {.wide = processor == MACHINE_X64,
                 .code = at(code),
                 .data = at(data),
                 .block = at(BLOCK),
                 .twice = X86_CLOCK_PAGE};
    program_write(&p, seed, INSTRUCTIONS);
    run_program(&p, true, watched, &ours);
    run_program(&p, false, watched, &unicorns);
    const char *differs = difference(&ours, &unicorns);
    if (differs) {
        tell(&p, &ours, &unicorns);
        fail_msg("seed %lu: %s differ", seed, differs);
    }
}

static void compare(uint64_t seed, uint64_t code, uint64_t data) { compare_watching(seed, code, data, 0); }

static void test_random_programs(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= SEQUENCES; i++) {
        compare(i, CODE, DATA + 1024);
    }
}

/* Where operands lie on two pages, or on pages that are not there. */
static void test_at_page_ends(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= SEQUENCES / 4; i++) {
        compare(1000 + i, CODE, DATA + PAGE_BYTES - 3);
        compare(2000 + i, CODE, DATA + 2 * PAGE_BYTES - 64);
    }
}

/* Instructions on two pages. */
static void test_code_at_page_ends(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= SEQUENCES / 4; i++) {
        compare(3000 + i, CODE + PAGE_BYTES - 150 - i, DATA + 1024);
    }
}

/* A word of the stack, which most programs push. */
static void test_watched(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= SEQUENCES / 8; i++) {
        compare_watching(4000 + i, CODE, DATA + 1024, at(TOP - 8));
    }
}

/* Each thread finds its own processor block, whoever ran before, and whoever executes what. */
static void run_threads(const program *p, bool interpreted, outcome *o)
{
    enum { INSTRUCTIONS_EACH = 20 };
    machine *m = machine_with(p, interpreted);
    machine_step step;
    memset(o, 0, sizeof *o);
    for (uint64_t i = 0; i < INSTRUCTIONS_EACH; i++) {
        for (uint32_t thread = 1; thread <= 2; thread++) {
            uint64_t before = thread == 1 ? PROGRAM_CREATION : 0;
            assert_int_equal(machine_run_to(m, thread, 0, before + i + 1, &step), MACHINE_OK);
            machine_thread_registers(m, thread, &o->registers);
            o->steps = mixed(mixed(o->steps, o->registers.rip), o->registers.rax ^ o->registers.rflags);
        }
    }
    machine_read(m, at(STACK), o->stack, AREA);
    machine_destroy(m);
}

static void test_blocks_of_threads(void **state)
{
    (void)state;
    enum { SECOND = BLOCK + 256 };
    static outcome ours, unicorns;
    static uint8_t before[AREA];
    program p = {.wide = processor == MACHINE_X64, .code = at(CODE), .data = at(DATA), .block = at(BLOCK)};
    program_write_threads(&p, at(TOP + 512), at(SECOND));
    run_threads(&p, true, &ours);
    run_threads(&p, false, &unicorns);
    assert_memory_equal(ours.stack, unicorns.stack, AREA);
    assert_true(ours.steps == unicorns.steps);
    fill(before, AREA);
    assert_int_equal(ours.stack[BLOCK - STACK], (uint8_t)(before[BLOCK - STACK] + 5));
    assert_int_equal(ours.stack[SECOND - STACK], (uint8_t)(before[SECOND - STACK] + 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_programs),   cmocka_unit_test(test_at_page_ends),
        cmocka_unit_test(test_code_at_page_ends), cmocka_unit_test(test_watched),
        cmocka_unit_test(test_blocks_of_threads),
    };
    const char *arch = getenv("TEST_ARCH");
    processor = arch && !strcmp(arch, "x86") ? MACHINE_X86 : MACHINE_X64;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
