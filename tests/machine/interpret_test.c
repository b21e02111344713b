/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpret_test.c - random instructions by interpret.c and by Unicorn: the same registers, flags, memory, journal and
 * number of instructions, whether they fault or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core.h"

enum { SEQUENCES = 400, INSTRUCTIONS = 24, VECTORS = 4, VECTOR_BYTES = 4 * 16 };
#define CODE  (X64_DRIVER_BASE + 0x100000)
#define DATA  (X64_DRIVER_BASE + 0x200000) /* RBX points into its middle */
#define STACK (X64_DRIVER_BASE + 0x300000) /* RSP points into its middle */

typedef enum { PLAIN, TO_REGISTER_ONLY, MEMORY_ONLY, REGISTER_ONLY } operand_form;

/* An opcode with a ModRM byte. */
typedef struct {
    uint8_t prefix; /* 0 = none */
    uint8_t length, opcode[3];
    int8_t digit;      /* of the ModRM byte; -1 = a register */
    uint8_t immediate; /* bytes; 4 with a prefix 66 means 2 */
    operand_form form;
    bool vector;    /* the register is XMM0 .. 3 */
    bool undefined; /* leaves flags undefined: they are set again */
} pattern;

static const pattern patterns[] = {
    {.length = 1, .opcode = {0x01}, .digit = -1},
    {.length = 1, .opcode = {0x03}, .digit = -1},
    {.length = 1, .opcode = {0x00}, .digit = -1},
    {.length = 1, .opcode = {0x09}, .digit = -1},
    {.length = 1, .opcode = {0x11}, .digit = -1},
    {.length = 1, .opcode = {0x13}, .digit = -1},
    {.length = 1, .opcode = {0x19}, .digit = -1},
    {.length = 1, .opcode = {0x1b}, .digit = -1},
    {.length = 1, .opcode = {0x1a}, .digit = -1},
    {.length = 1, .opcode = {0x21}, .digit = -1},
    {.length = 1, .opcode = {0x29}, .digit = -1},
    {.length = 1, .opcode = {0x2b}, .digit = -1},
    {.length = 1, .opcode = {0x31}, .digit = -1},
    {.length = 1, .opcode = {0x39}, .digit = -1},
    {.length = 1, .opcode = {0x3a}, .digit = -1},
    {.length = 1, .opcode = {0x84}, .digit = -1},
    {.length = 1, .opcode = {0x85}, .digit = -1},
    {.length = 1, .opcode = {0x81}, .digit = 0, .immediate = 4},
    {.length = 1, .opcode = {0x81}, .digit = 2, .immediate = 4},
    {.length = 1, .opcode = {0x81}, .digit = 5, .immediate = 4},
    {.length = 1, .opcode = {0x81}, .digit = 7, .immediate = 4},
    {.length = 1, .opcode = {0x83}, .digit = 0, .immediate = 1},
    {.length = 1, .opcode = {0x83}, .digit = 3, .immediate = 1},
    {.length = 1, .opcode = {0x83}, .digit = 4, .immediate = 1},
    {.length = 1, .opcode = {0x83}, .digit = 7, .immediate = 1},
    {.length = 1, .opcode = {0x80}, .digit = 1, .immediate = 1},
    {.length = 1, .opcode = {0x80}, .digit = 7, .immediate = 1},
    {.length = 1, .opcode = {0xf6}, .digit = 0, .immediate = 1},
    {.length = 1, .opcode = {0xf7}, .digit = 0, .immediate = 4},
    {.length = 1, .opcode = {0xf7}, .digit = 2},
    {.length = 1, .opcode = {0xf7}, .digit = 3},
    {.length = 1, .opcode = {0xf7}, .digit = 4},
    {.length = 1, .opcode = {0xf7}, .digit = 6}, /* a division: faults, too */
    {.length = 1, .opcode = {0xff}, .digit = 0},
    {.length = 1, .opcode = {0xff}, .digit = 1},
    {.length = 1, .opcode = {0xfe}, .digit = 0},
    {.length = 1, .opcode = {0xff}, .digit = 6},
    {.length = 1, .opcode = {0xd1}, .digit = 4},
    {.length = 1, .opcode = {0xd1}, .digit = 7},
    {.length = 1, .opcode = {0xd3}, .digit = 4},
    {.length = 1, .opcode = {0xd3}, .digit = 5},
    {.length = 1, .opcode = {0xd3}, .digit = 7},
    {.length = 1, .opcode = {0xc1}, .digit = 4, .immediate = 1},
    {.length = 1, .opcode = {0xc1}, .digit = 5, .immediate = 1},
    {.length = 1, .opcode = {0xc0}, .digit = 7, .immediate = 1},
    {.length = 1, .opcode = {0xc1}, .digit = 0, .immediate = 1},
    {.length = 1, .opcode = {0x69}, .digit = -1, .immediate = 4, .form = TO_REGISTER_ONLY},
    {.length = 1, .opcode = {0x6b}, .digit = -1, .immediate = 1, .form = TO_REGISTER_ONLY},
    {.length = 2, .opcode = {0x0f, 0xaf}, .digit = -1, .form = TO_REGISTER_ONLY},
    {.length = 1, .opcode = {0x88}, .digit = -1},
    {.length = 1, .opcode = {0x89}, .digit = -1},
    {.length = 1, .opcode = {0x8a}, .digit = -1},
    {.length = 1, .opcode = {0x8b}, .digit = -1},
    {.length = 1, .opcode = {0xc7}, .digit = 0, .immediate = 4},
    {.length = 1, .opcode = {0xc6}, .digit = 0, .immediate = 1},
    {.length = 1, .opcode = {0x8d}, .digit = -1, .form = MEMORY_ONLY},
    {.length = 1, .opcode = {0x63}, .digit = -1},
    {.length = 1, .opcode = {0x87}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0xb6}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0xb7}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0xbe}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0xbf}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0x42}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0x45}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0x4e}, .digit = -1},
    {.length = 2, .opcode = {0x0f, 0x90}, .digit = 0},
    {.length = 2, .opcode = {0x0f, 0x97}, .digit = 0},
    {.length = 2, .opcode = {0x0f, 0x9a}, .digit = 0},
    {.length = 2, .opcode = {0x0f, 0x9d}, .digit = 0},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 4, .immediate = 1, .undefined = true},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 5, .immediate = 1, .undefined = true},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 6, .immediate = 1, .undefined = true},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 7, .immediate = 1, .undefined = true},
    {.length = 2, .opcode = {0x0f, 0xc1}, .digit = -1, .form = MEMORY_ONLY},
    {.length = 2, .opcode = {0x0f, 0xb1}, .digit = -1, .form = MEMORY_ONLY},
    {.length = 2, .opcode = {0x0f, 0xb0}, .digit = -1, .form = MEMORY_ONLY},
    {.length = 2, .opcode = {0x0f, 0x1f}, .digit = 0},
    {.length = 2, .opcode = {0x0f, 0x10}, .digit = -1, .form = MEMORY_ONLY, .vector = true},
    {.length = 2, .opcode = {0x0f, 0x11}, .digit = -1, .form = MEMORY_ONLY, .vector = true},
    {.length = 2, .opcode = {0x0f, 0x16}, .digit = -1, .form = MEMORY_ONLY, .vector = true},
    {.length = 2, .opcode = {0x0f, 0x17}, .digit = -1, .form = MEMORY_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x6e}, .digit = -1, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x7e}, .digit = -1, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0xd6}, .digit = -1, .form = MEMORY_ONLY, .vector = true},
    {.prefix = 0xf3, .length = 2, .opcode = {0x0f, 0x7e}, .digit = -1, .form = MEMORY_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0xef}, .digit = -1, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0xeb}, .digit = -1, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0xdb}, .digit = -1, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x61}, .digit = -1, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x62}, .digit = -1, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x6c}, .digit = -1, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66,
     .length = 2,
     .opcode = {0x0f, 0xfe},
     .digit = -1,
     .form = REGISTER_ONLY,
     .vector = true}, /* Unicorn's */
    {.prefix = 0x66,
     .length = 2,
     .opcode = {0x0f, 0x70},
     .digit = -1,
     .immediate = 1,
     .form = REGISTER_ONLY,
     .vector = true},
    {.prefix = 0xf2,
     .length = 2,
     .opcode = {0x0f, 0x70},
     .digit = -1,
     .immediate = 1,
     .form = REGISTER_ONLY,
     .vector = true},
};
enum { PATTERNS = sizeof patterns / sizeof patterns[0] };

static uint64_t seed;

static uint32_t pick(uint32_t below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(seed >> 33) % below;
}

typedef struct {
    uint8_t bytes[2048];
    size_t size;
    uint64_t instructions;
} program;

static void byte(program *p, unsigned value) { p->bytes[p->size++] = (uint8_t)value; }

/* Not BX, which points to the data, nor SP. */
static unsigned any_register(void)
{
    static const uint8_t usable[] = {0, 1, 2, 5, 6, 7, 8, 9, 10, 12, 13, 15};
    return usable[pick(sizeof usable)];
}

static void random_bytes(program *p, unsigned count)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff};
    bool extreme = pick(2);
    unsigned value = pick(256);
    for (unsigned i = 0; i < count; i++) {
        byte(p, extreme ? telling[pick(5)] : i + 1 == count ? value : pick(256));
    }
}

static void add_instruction(program *p, const pattern *one)
{
    bool word = pick(6) == 0 && !one->vector, wide = pick(2);
    bool memory = one->form == MEMORY_ONLY || (one->form != REGISTER_ONLY && pick(2));
    unsigned reg = one->vector ? pick(VECTORS) : any_register(), other = any_register();
    bool both_vectors = one->vector && one->form == REGISTER_ONLY;
    reg = one->digit >= 0 ? (unsigned)one->digit : reg;
    other = memory ? 3 : both_vectors ? pick(VECTORS) : other;
    if (one->prefix) {
        byte(p, one->prefix);
    } else if (word) {
        byte(p, 0x66);
    }
    byte(p, 0x40 | (wide ? 8 : 0) | (reg & 8 ? 4 : 0) | (other & 8 ? 1 : 0));
    for (unsigned i = 0; i < one->length; i++) {
        byte(p, one->opcode[i]);
    }
    byte(p, (memory ? 0x40 : 0xc0) | (reg & 7) << 3 | (other & 7));
    if (memory) {
        byte(p, pick(256));
    }
    random_bytes(p, one->immediate == 4 && word && !wide ? 2 : one->immediate);
    p->instructions++;
    if (one->undefined) { /* sbb eax, eax */
        byte(p, 0x19);
        byte(p, 0xc0);
        p->instructions++;
    }
}

static void load_immediate(program *p, unsigned reg, uint64_t value)
{
    byte(p, 0x48 | (reg & 8 ? 1 : 0));
    byte(p, 0xb8 | (reg & 7));
    memcpy(p->bytes + p->size, &value, 8);
    p->size += 8;
    p->instructions++;
}

/* movups [rbx + 128 + 16 * i], xmm<i>: their contents are compared with the data. */
static void store_vectors(program *p)
{
    for (unsigned i = 0; i < VECTORS; i++) {
        const uint8_t bytes[] = {0x0f, 0x11, (uint8_t)(0x83 | i << 3), (uint8_t)(0x80 + 16 * i), 0, 0, 0};
        memcpy(p->bytes + p->size, bytes, sizeof bytes);
        p->size += sizeof bytes;
        p->instructions++;
    }
}

static program write_program(uint64_t data)
{
    program p = {.size = 0};
    for (unsigned i = 0; i < 16; i++) {
        if (i != 3 && i != 4) {
            load_immediate(&p, i, (uint64_t)pick(1u << 31) << 32 | pick(1u << 31));
        }
    }
    load_immediate(&p, 3, data);
    for (int i = 0; i < INSTRUCTIONS; i++) {
        add_instruction(&p, &patterns[pick(PATTERNS)]);
    }
    store_vectors(&p);
    return p;
}

typedef struct {
    machine_registers registers;
    uint8_t data[2 * PAGE_BYTES], stack[PAGE_BYTES];
    uint64_t count, journal;
    bool faulted;
} outcome;

static bool go_on(void *context, const machine_step *step)
{
    (void)context, (void)step;
    return true;
}

/* There is no table of handlers: a fault ends the execution, with the state before the instruction. */
static outcome run_program(const program *p, bool interpreted)
{
    machine *m = machine_create(MACHINE_X64);
    outcome *o = calloc(1, sizeof *o);
    assert_non_null(m);
    m->interpreted = interpreted;
    memory_set_pages(m, CODE, PAGE_BYTES, PAGE_R | PAGE_X, HV_PAGE_READ_ONLY);
    memory_set_pages(m, DATA, PAGE_BYTES * 2, PAGE_R | PAGE_W, HV_PAGE_VALID);
    memory_set_pages(m, STACK, PAGE_BYTES, PAGE_R | PAGE_W, HV_PAGE_VALID);
    memcpy(memory_host(m, CODE, PAGE_BYTES, 0), p->bytes, p->size);
    for (uint32_t i = 0; i < 2 * PAGE_BYTES; i++) {
        memory_host(m, DATA, 2 * PAGE_BYTES, 0)[i] = (uint8_t)(i * 37 ^ i >> 3);
    }
    m->v.thread_limit = 1;
    assert_int_equal(thread_create(m, CODE, STACK + PAGE_BYTES / 2, 0, 0), 1);
    size_t journal = m->journal_size;
    m->visit = go_on;
    machine_step step;
    machine_run_to(m, 1, 0, p->instructions, &step);
    machine_thread_registers(m, 1, &o->registers);
    machine_read(m, DATA, o->data, sizeof o->data);
    machine_read(m, STACK, o->stack, sizeof o->stack);
    o->count = m->threads[1].instructions;
    o->journal = m->journal_size - journal;
    o->faulted = m->v.end.kind == MACHINE_DOUBLE_FAULT;
    outcome result = *o;
    free(o);
    machine_destroy(m);
    return result;
}

static void tell(const program *p)
{
    print_message("the program:");
    for (size_t i = 0; i < p->size; i++) {
        print_message(" %02x", p->bytes[i]);
    }
    print_message("\n");
}

static void compare(uint64_t number, uint64_t data)
{
    seed = number;
    program p = write_program(data);
    outcome ours = run_program(&p, true), unicorns = run_program(&p, false);
    ours.journal = unicorns.journal = 0;
    if (memcmp(&ours.registers, &unicorns.registers, sizeof ours.registers) || ours.count != unicorns.count ||
        ours.faulted != unicorns.faulted) {
        tell(&p);
        const uint64_t *a = (const uint64_t *)&ours.registers, *b = (const uint64_t *)&unicorns.registers;
        for (size_t i = 0; i < sizeof ours.registers / 8; i++) {
            print_message("%2zu %016lx %016lx%s\n", i, a[i], b[i], a[i] == b[i] ? "" : " !");
        }
        fail_msg("seed %lu: registers differ (%lu and %lu instructions)", number, ours.count, unicorns.count);
    }
    if (memcmp(ours.data, unicorns.data, sizeof ours.data) || memcmp(ours.stack, unicorns.stack, sizeof ours.stack)) {
        tell(&p);
        fail_msg("seed %lu: memory differs", number);
    }
}

static void test_random_instructions(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= SEQUENCES; i++) {
        compare(i, DATA + 1024);
    }
}

/* Where operands lie on two pages, or on pages that are not there. */
static void test_at_page_ends(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= SEQUENCES / 4; i++) {
        compare(1000 + i, DATA + PAGE_BYTES - 3);
        compare(2000 + i, DATA + 2 * PAGE_BYTES - 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_instructions),
        cmocka_unit_test(test_at_page_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
