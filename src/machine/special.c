/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * special.c - instructions that Unicorn does not have or that would let the host through: CR8 (IRQL), the time stamp
 * counter, interrupt return. Pages that may hold one are marked when they are mapped; only there is each instruction
 * looked at.
 */
#include "core.h"

typedef enum { SPECIAL_NONE, SPECIAL_READ_CR8, SPECIAL_WRITE_CR8, SPECIAL_RDTSC, SPECIAL_RDTSCP, SPECIAL_IRETQ } special;

static special classify(const uint8_t *p)
{
    if ((p[0] & 0xf4) == 0x44 && p[1] == 0x0f && (p[2] == 0x20 || p[2] == 0x22) && (p[3] & 0xf8) == 0xc0) {
        return p[2] == 0x20 ? SPECIAL_READ_CR8 : SPECIAL_WRITE_CR8;
    }
    if (p[0] == 0x0f && p[1] == 0x31) {
        return SPECIAL_RDTSC;
    }
    if (p[0] == 0x0f && p[1] == 0x01 && p[2] == 0xf9) {
        return SPECIAL_RDTSCP;
    }
    return p[0] == 0x48 && p[1] == 0xcf ? SPECIAL_IRETQ : SPECIAL_NONE;
}

bool special_is(const uint8_t *bytes)
{
    return classify(bytes) != SPECIAL_NONE;
}

/* `bytes` has 3 readable bytes behind `size`. */
bool special_scan(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (classify(bytes + i) != SPECIAL_NONE) {
            return true;
        }
    }
    return false;
}

static int general_register(uint8_t number)
{
    static const int names[16] = {UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
                                  UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
                                  UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
                                  UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15};
    return names[number & 15];
}

/* The byte of the current processor's block that stands for CR8. */
static uint8_t *irql(machine *m)
{
    return memory_host(m, cpu_get(m, UC_X86_REG_GS_BASE) + m->v.irql_home, 1, PAGE_W);
}

static void move_cr8(machine *m, const uint8_t *p, bool write)
{
    int reg = general_register((uint8_t)((p[3] & 7) | (p[0] & 1 ? 8 : 0)));
    uint8_t *home = irql(m);
    if (home && write) {
        journal_word(m, home);
        *home = (uint8_t)(cpu_get(m, reg) & 15);
    } else {
        cpu_set(m, reg, home ? *home : 0);
    }
}

static void read_counter(machine *m)
{
    uint64_t ticks = m->v.clock * 256 + m->count;
    cpu_set(m, UC_X86_REG_RAX, ticks & 0xffffffffu);
    cpu_set(m, UC_X86_REG_RDX, ticks >> 32);
}

static void interrupt_return(machine *m)
{
    uint64_t frame[5]; /* RIP, CS, RFLAGS, RSP, SS */
    const uint8_t *at = memory_host(m, cpu_get(m, UC_X86_REG_RSP), sizeof frame, PAGE_R);
    if (!at) {
        machine_end_execution(m, MACHINE_DOUBLE_FAULT);
        m->stopped = true;
        return;
    }
    memcpy(frame, at, sizeof frame);
    cpu_set(m, UC_X86_REG_EFLAGS, frame[2]);
    cpu_set(m, UC_X86_REG_RSP, frame[3]);
    cpu_set(m, UC_X86_REG_RIP, frame[0]);
}

void special_emulate(machine *m)
{
    const uint8_t *p = memory_host(m, m->pc, 1, PAGE_X);
    special kind = p ? classify(p) : SPECIAL_NONE;
    static const uint8_t length[] = {1, 4, 4, 2, 3, 2};
    switch (kind) {
    case SPECIAL_READ_CR8: move_cr8(m, p, false); break;
    case SPECIAL_WRITE_CR8: move_cr8(m, p, true); break;
    case SPECIAL_RDTSCP: cpu_set(m, UC_X86_REG_RCX, 0); read_counter(m); break;
    case SPECIAL_RDTSC: read_counter(m); break;
    case SPECIAL_IRETQ: interrupt_return(m); return;
    default: break;
    }
    cpu_set(m, UC_X86_REG_RIP, m->pc + length[kind]);
}
