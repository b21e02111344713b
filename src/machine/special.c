/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * special.c - instructions that Unicorn does not have, or that would let the host through: CR8 (IRQL), the time stamp
 * counter and random numbers (which must not be the host's), interrupt return, and those that change how the processor
 * works: they are refused (#GP) once the system is up, as a hypervisor would refuse them. Pages that may hold one are
 * marked when they are mapped; only there is each instruction looked at.
 *
 * What x86 has besides, transfers and loads of segments, Unicorn does itself: by the descriptors that arch_x86.c lays out.
 */
#include "core.h"

typedef enum {
    SPECIAL_NONE,
    SPECIAL_READ_CR8,
    SPECIAL_WRITE_CR8,
    SPECIAL_RDTSC,
    SPECIAL_RDTSCP,
    SPECIAL_RANDOM,
    SPECIAL_IRETQ,
    SPECIAL_UNDEFINED, /* #UD: this processor does not have it */
    SPECIAL_PRIVILEGED /* #GP: allowed while booting only */
} special;

enum { REX_B = 1, REX_R = 4, REX_W = 8 };
enum { MOST_PREFIXES = 14 };
enum { AX, CX, DX }; /* in arch.general */

typedef struct {
    special kind;
    unsigned length;
    uint8_t rex, modrm;
} found;

static special of_group_7(uint8_t modrm)
{
    unsigned reg = modrm >> 3 & 7;
    if (modrm < 0xc0) {
        return reg == 2 || reg == 3 || reg == 6 ? SPECIAL_PRIVILEGED : SPECIAL_NONE; /* lgdt, lidt, lmsw */
    }
    if (reg == 4 || modrm == 0xf8) {
        return SPECIAL_NONE; /* smsw, swapgs */
    }
    return modrm == 0xf9 ? SPECIAL_RDTSCP : reg == 6 ? SPECIAL_PRIVILEGED : SPECIAL_UNDEFINED; /* virtual machines … */
}

/* `p` stands behind 0f; rex: the prefix before it, 0 = none. */
static special of_two_bytes(const uint8_t *p, uint8_t rex)
{
    unsigned reg = p[1] >> 3 & 7;
    switch (p[0]) {
    case 0x00: return reg == 2 || reg == 3 ? SPECIAL_PRIVILEGED : SPECIAL_NONE; /* lldt, ltr */
    case 0x01: return of_group_7(p[1]);
    case 0x20: return reg == 0 && (rex & REX_R) ? SPECIAL_READ_CR8 : SPECIAL_NONE;
    case 0x22: return reg == 0 && (rex & REX_R) ? SPECIAL_WRITE_CR8 : SPECIAL_PRIVILEGED;
    case 0x31: return SPECIAL_RDTSC;
    case 0x06:
    case 0x21:
    case 0x23:
    case 0x30:
    case 0x32:
    case 0x33: return SPECIAL_PRIVILEGED; /* clts, dr, msr, pmc */
    case 0x07:
    case 0x34:
    case 0x35:
    case 0xaa: return SPECIAL_UNDEFINED; /* sysret, sysenter, rsm */
    case 0xc7: return reg < 6 ? SPECIAL_NONE : p[1] >= 0xc0 ? SPECIAL_RANDOM : SPECIAL_UNDEFINED;
    default: return SPECIAL_NONE;
    }
}

static bool is_prefix(uint8_t byte)
{
    return (byte & 0xfc) == 0x64 || byte == 0xf0 || (byte & 0xfe) == 0xf2 || (byte & 0xe7) == 0x26;
}

/*
 * Unicorn runs them with a VEX prefix too, where they do not exist. Returns the opcode behind the prefix, NULL: none. In
 * 32 bits what would name a place in memory makes it another instruction (les, lds).
 */
static const uint8_t *behind_vex(const machine *m, const uint8_t *p)
{
    if (m->arch->word == 4 && p[1] < 0xc0) {
        return NULL;
    }
    return p[0] == 0xc5 ? p + 2 : p[0] == 0xc4 && (p[1] & 0x1f) == 1 ? p + 3 : NULL;
}

/* `p` has 20 readable bytes. A lock prefix makes any of these undefined. */
static found decode(const machine *m, const uint8_t *p)
{
    found f = {SPECIAL_NONE, 0, 0, 0};
    const uint8_t *start = p;
    bool locked = false;
    for (; is_prefix(*p) && p - start < MOST_PREFIXES; p++) {
        locked |= *p == 0xf0;
    }
    if ((*p & 0xf0) == 0x40 && m->arch->word == 8) {
        f.rex = *p++;
    }
    if (p[0] == 0xcf && (f.rex & REX_W)) {
        f.kind = SPECIAL_IRETQ;
    } else if (behind_vex(m, p)) {
        f.kind = of_two_bytes(behind_vex(m, p), REX_R) != SPECIAL_NONE ? SPECIAL_UNDEFINED : SPECIAL_NONE;
    } else if (p[0] == 0x0f) {
        f.kind = of_two_bytes(p + 1, f.rex);
        f.modrm = p[2];
        if (locked && (f.kind != SPECIAL_NONE || p[1] == 0x20)) { /* some processors reach CR8 so */
            f.kind = SPECIAL_UNDEFINED;
        }
    }
    f.length = (unsigned)(p - start) + (f.kind == SPECIAL_RDTSC ? 2 : 3);
    return f;
}

bool special_is(const machine *m, const uint8_t *bytes)
{
    special kind = decode(m, bytes).kind;
    return kind != SPECIAL_NONE && (kind != SPECIAL_PRIVILEGED || m->recording);
}

/* An instruction that begins here may have its opcode behind: `bytes` has 20 readable bytes behind `size`. */
bool special_scan(const machine *m, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size + MOST_PREFIXES; i++) {
        const uint8_t *p = bytes + i, *opcode = p[0] == 0x0f ? p + 1 : behind_vex(m, p);
        bool returns = (p[0] & 0xf8) == 0x48 && p[1] == 0xcf && m->arch->word == 8;
        if (returns || (opcode && of_two_bytes(opcode, REX_R) != SPECIAL_NONE)) {
            return true;
        }
    }
    return false;
}

static int general_register(const machine *m, const found *f)
{
    return m->arch->general[(f->modrm & 7) | (f->rex & REX_B ? 8 : 0)];
}

/* The byte of the current processor's block that stands for CR8. */
static uint8_t *irql(machine *m) { return memory_host(m, cpu_get(m, UC_X86_REG_GS_BASE) + m->v.irql_home, 1, PAGE_W); }

static void move_cr8(machine *m, const found *f, bool write)
{
    int reg = general_register(m, f);
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
    clock_was_read(m);
    cpu_set(m, m->arch->general[AX], ticks & 0xffffffffu);
    cpu_set(m, m->arch->general[DX], ticks >> 32);
}

/* rdrand, rdseed (and rdpid): 0, and carry says that there was nothing random to be had. */
static void read_random(machine *m, const found *f)
{
    enum { ARITHMETIC_FLAGS = 0x8d5 };
    cpu_set(m, general_register(m, f), 0);
    cpu_set(m, UC_X86_REG_EFLAGS, cpu_get(m, UC_X86_REG_EFLAGS) & ~(uint64_t)ARITHMETIC_FLAGS);
}

static void interrupt_return(machine *m)
{
    enum { KEPT_FLAGS = 0x240fd5 }; /* ID, AC, OF … CF; no virtual 8086 mode, no nested task */
    uint64_t frame[5];              /* RIP, CS, RFLAGS, RSP, SS */
    const uint8_t *at = memory_host(m, cpu_get(m, UC_X86_REG_RSP), sizeof frame, PAGE_R);
    if (!at) {
        trap_double_fault(m, m->pc); /* no stack, not for the fault either */
        return;
    }
    memcpy(frame, at, sizeof frame);
    cpu_set(m, UC_X86_REG_EFLAGS, (frame[2] & KEPT_FLAGS) | 2);
    cpu_set(m, UC_X86_REG_RSP, frame[3]);
    cpu_set(m, UC_X86_REG_RIP, frame[0]);
}

void special_emulate(machine *m)
{
    window *w = window_of(m, m->pc);
    found f = decode(m, w->host + (m->pc - w->base));
    switch (f.kind) {
    case SPECIAL_READ_CR8: move_cr8(m, &f, false); break;
    case SPECIAL_WRITE_CR8: move_cr8(m, &f, true); break;
    case SPECIAL_RDTSCP:
        cpu_set(m, m->arch->general[CX], 0);
        read_counter(m);
        break;
    case SPECIAL_RDTSC: read_counter(m); break;
    case SPECIAL_RANDOM: read_random(m, &f); break;
    case SPECIAL_IRETQ: interrupt_return(m); return;
    default:
        m->trap = f.kind == SPECIAL_PRIVILEGED ? 13 : 6;
        trap_deliver(m);
        return;
    }
    cpu_set(m, m->arch->pc, m->pc + f.length);
}
