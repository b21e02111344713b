/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stacks_x86_test.c - guest_x86.exe runs on an emulated processor; at every single instruction its stack is walked and
 * compared with the calls that were really made. With frame pointers every walk is right. Without, a walk is right, or
 * it has marked the frame up to which it can be trusted.
 */
#include "unwind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include <cmocka.h>

enum { STACK_SIZE = 0x10000, DEPTH_MAX = 64, FRAMES_MAX = 64 };

#define STACK_TOP  0xf9160000u
#define IMAGE_BASE 0xf7a30000u

static image *guest;

typedef struct {
    uc_engine *cpu;
    uint32_t returns[DEPTH_MAX]; /* what the calls really pushed, outermost first */
    size_t depth, deepest;
    uint32_t trap_begins, trap_stands, trap_returns, trap_ends, trap_ebp;
    bool unruly; /* a trap frame is being made */
    bool traps_seen;
    size_t walks, doubtful;
} run;

static uint32_t address_of(const char *name)
{
    const image_symbol *all;
    size_t count = image_symbols(guest, &all);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].name, name) == 0)
            return IMAGE_BASE + all[i].rva;
    }
    fail_msg("no symbol %s", name);
    return 0;
}

static size_t read_guest(void *context, uint64_t address, void *buffer, size_t size)
{
    return uc_mem_read(context, address, buffer, size) == UC_ERR_OK ? size : 0;
}

static bool find_guest(void *context, uint64_t address, unwind_module *module)
{
    (void)context;
    *module = (unwind_module){guest, IMAGE_BASE};
    return address >= IMAGE_BASE && address - IMAGE_BASE < image_size(guest);
}

static uint64_t reg(uc_engine *cpu, int which)
{
    uint64_t value = 0;
    uc_reg_read(cpu, which, &value);
    return value;
}

static void check_walk(run *r, uint32_t pc)
{
    unwind_source source = {MACHINE_X86, read_guest, find_guest, r->cpu};
    machine_registers start = {.rip = pc,
                               .rsp = reg(r->cpu, UC_X86_REG_ESP),
                               .rbp = reg(r->cpu, UC_X86_REG_EBP),
                               .rcx = reg(r->cpu, UC_X86_REG_ECX)};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    unwind_end end = unwind_walk(&source, &start, frames, FRAMES_MAX, &count);
    r->walks++;
    for (size_t i = 0; i < count; i++) {
        uint32_t want = i < r->depth ? r->returns[r->depth - 1 - i] : 0;
        if (frames[i].doubtful) {
            r->doubtful++;
            return;
        }
        if (frames[i].return_address != want)
            fail_msg("at rva %x: frame %zu (rva %x) returns to %llx, want %x: %s", pc - IMAGE_BASE, i, frames[i].rva,
                     (unsigned long long)frames[i].return_address, want, unwind_end_text(end));
        if (frames[i].trap_frame != 0) {
            assert_int_equal(frames[i].trap_frame, r->trap_ebp);
            assert_false(frames[i + 1].call);
            r->traps_seen = true;
        } else if (want) {
            uint32_t word = 0; /* functions that align their stack copy their return address */
            read_guest(r->cpu, frames[i].frame_pointer + 4, &word, sizeof word);
            assert_int_equal(word, want);
        }
    }
    if (end != UNWIND_COMPLETE || count != r->depth + 1)
        fail_msg("at rva %x: %s after %zu frames, want %zu", pc - IMAGE_BASE, unwind_end_text(end), count,
                 r->depth + 1);
}

static void push(run *r, uint32_t return_address)
{
    assert_true(r->depth < DEPTH_MAX);
    r->returns[r->depth++] = return_address;
    r->deepest = r->depth > r->deepest ? r->depth : r->deepest;
}

/* Keeps the true list of calls, one instruction ahead. */
static void each_instruction(uc_engine *cpu, uint64_t address, uint32_t size, void *context)
{
    run *r = context;
    uint8_t code[16] = {0};
    uint32_t pc = (uint32_t)address;
    assert_int_equal(uc_mem_read(cpu, pc, code, size), UC_ERR_OK);
    if (pc == r->trap_begins || pc == r->trap_returns)
        r->unruly = true;
    if (pc == r->trap_stands) {
        push(r, r->trap_ends);
        r->trap_ebp = (uint32_t)reg(cpu, UC_X86_REG_EBP);
        r->unruly = false;
    }
    if (pc == r->trap_ends) {
        r->depth--;
        r->unruly = false;
    }
    if (!r->unruly)
        check_walk(r, pc);
    if (code[0] == 0xe8 || (code[0] == 0xff && ((code[1] >> 3) & 7) == 2))
        push(r, pc + size);
    else if ((code[0] == 0xc3 || code[0] == 0xc2) && r->depth > 0)
        r->depth--;
    if (code[0] == 0xf4)
        uc_emu_stop(cpu);
}

static void run_guest(run *r, const char *path)
{
    uc_hook hook;
    uint64_t sp = STACK_TOP - 0x10;
    memset(r, 0, sizeof *r);
    assert_int_equal(image_read_file(path, &guest), IMAGE_OK);
    uint8_t *bytes = malloc(image_size(guest));
    assert_int_equal(image_layout(guest, IMAGE_BASE, 0, bytes), IMAGE_OK);
    assert_int_equal(uc_open(UC_ARCH_X86, UC_MODE_32, &r->cpu), UC_ERR_OK);
    assert_int_equal(uc_mem_map(r->cpu, IMAGE_BASE, image_size(guest), UC_PROT_ALL), UC_ERR_OK);
    assert_int_equal(uc_mem_write(r->cpu, IMAGE_BASE, bytes, image_size(guest)), UC_ERR_OK);
    assert_int_equal(uc_mem_map(r->cpu, STACK_TOP - STACK_SIZE, STACK_SIZE, UC_PROT_ALL), UC_ERR_OK);
    r->trap_begins = address_of("TrapBegins");
    r->trap_stands = address_of("TrapStands");
    r->trap_returns = address_of("TrapReturns");
    r->trap_ends = address_of("TrapEnds");
    uc_reg_write(r->cpu, UC_X86_REG_ESP, &sp);
    uc_hook_add(r->cpu, &hook, UC_HOOK_CODE, (void *)(uintptr_t)each_instruction, r, 1, 0);
    assert_int_equal(uc_emu_start(r->cpu, address_of("KiThreadStartup"), 0, 0, 100000), UC_ERR_OK);
    uc_close(r->cpu);
    image_close(guest);
    free(bytes);
    assert_true(r->traps_seen);
    assert_true(r->walks > 400);
    assert_true(r->deepest >= 6);
}

static void with_frame_pointers(void **state)
{
    (void)state;
    run r;
    run_guest(&r, GUEST_FRAMES);
    assert_int_equal(r.doubtful, 0);
}

static void without_frame_pointers(void **state)
{
    (void)state;
    run r;
    run_guest(&r, GUEST_PLAIN);
    assert_int_equal(r.doubtful, 0); /* the code tells, or the call that returns here does */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(with_frame_pointers), cmocka_unit_test(without_frame_pointers)};
    return cmocka_run_group_tests_name("stacks_x86", tests, NULL, NULL);
}
