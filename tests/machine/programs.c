/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include <string.h>

#include "hypercall.h"

typedef enum { PLAIN, MEMORY_ONLY, REGISTER_ONLY } operand_form;
typedef enum { NO_FLAGS, ALL_BUT_CARRY, ALL_FLAGS } undefined_flags;
typedef enum { WORDS, BYTES, BYTES_BY_BIT_0, BYTES_IN_SOURCE } operand_size;
enum { REGISTER = -1, ANY_DIGIT = -2, NO_MODRM = -3 };

/* An opcode, mostly with a ModRM byte. */
typedef struct {
    uint8_t prefix; /* 0 = none */
    uint8_t length, opcode[3];
    uint8_t vary;      /* bits of the opcode's last byte that may be anything */
    int8_t digit;      /* of the ModRM byte, or one of the above */
    uint8_t immediate; /* bytes; 4 with a prefix 66 means 2 */
    operand_form form;
    operand_size operands;
    bool vector;               /* the register is XMM0 .. 3 */
    undefined_flags undefined; /* they are set again */
    bool settled;              /* begins with all flags worked out: Unicorn loses them if it faults and they are not */
    uint8_t only;              /* in code of so many bits; 0 = both */
} pattern;

static const pattern patterns[] = {
    {.length = 1, .opcode = {0x00}, .vary = 0x3b, .digit = REGISTER, .operands = BYTES_BY_BIT_0}, /* add .. cmp */
    {.length = 1, .opcode = {0x00}, .vary = 0x3b, .digit = REGISTER, .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0x04}, .vary = 0x38, .digit = NO_MODRM, .immediate = 1},
    {.length = 1, .opcode = {0x05}, .vary = 0x38, .digit = NO_MODRM, .immediate = 4},
    {.length = 1, .opcode = {0x80}, .digit = ANY_DIGIT, .immediate = 1, .operands = BYTES},
    {.length = 1, .opcode = {0x81}, .digit = ANY_DIGIT, .immediate = 4},
    {.length = 1, .opcode = {0x83}, .digit = ANY_DIGIT, .immediate = 1},
    {.length = 1, .opcode = {0x84}, .vary = 1, .digit = REGISTER, .operands = BYTES_BY_BIT_0}, /* test */
    {.length = 1, .opcode = {0xa8}, .digit = NO_MODRM, .immediate = 1},
    {.length = 1, .opcode = {0xf6}, .digit = 0, .immediate = 1, .operands = BYTES},
    {.length = 1, .opcode = {0xf7}, .digit = 0, .immediate = 4},
    {.length = 1, .opcode = {0xf6}, .vary = 1, .digit = 2, .operands = BYTES_BY_BIT_0}, /* not, neg, mul, imul */
    {.length = 1, .opcode = {0xf6}, .vary = 1, .digit = 3, .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0xf6}, .vary = 1, .digit = 4, .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0xf6}, .vary = 1, .digit = 5, .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0xfe}, .vary = 1, .digit = 0, .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0xfe}, .vary = 1, .digit = 1, .operands = BYTES_BY_BIT_0},
    /* Shifts. Those in memory leave other flags in Unicorn than those of registers, where they are undefined. */
    {.length = 1,
     .opcode = {0xc0},
     .vary = 1,
     .digit = ANY_DIGIT,
     .immediate = 1,
     .form = REGISTER_ONLY,
     .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0xd0}, .vary = 3, .digit = ANY_DIGIT, .form = REGISTER_ONLY, .operands = BYTES_BY_BIT_0},
    {.length = 1,
     .opcode = {0xc0},
     .vary = 1,
     .digit = 0,
     .immediate = 1,
     .operands = BYTES_BY_BIT_0,
     .undefined = ALL_FLAGS},
    {.length = 1, .opcode = {0xd0}, .vary = 3, .digit = 1, .operands = BYTES_BY_BIT_0, .undefined = ALL_FLAGS},
    {.length = 1,
     .opcode = {0xd0},
     .vary = 3,
     .digit = 3,
     .operands = BYTES_BY_BIT_0,
     .undefined = ALL_FLAGS,
     .settled = true},
    {.length = 1,
     .opcode = {0xc0},
     .vary = 1,
     .digit = 4,
     .immediate = 1,
     .operands = BYTES_BY_BIT_0,
     .undefined = ALL_FLAGS},
    {.length = 1, .opcode = {0xd0}, .vary = 3, .digit = 5, .operands = BYTES_BY_BIT_0, .undefined = ALL_FLAGS},
    {.length = 1, .opcode = {0xd0}, .vary = 3, .digit = 7, .operands = BYTES_BY_BIT_0, .undefined = ALL_FLAGS},
    {.length = 2, .opcode = {0x0f, 0xa4}, .vary = 8, .digit = REGISTER, .immediate = 1}, /* shld, shrd */
    {.length = 2, .opcode = {0x0f, 0xa5}, .vary = 8, .digit = REGISTER},
    {.length = 1, .opcode = {0x69}, .digit = REGISTER, .immediate = 4}, /* imul */
    {.length = 1, .opcode = {0x6b}, .digit = REGISTER, .immediate = 1},
    {.length = 2, .opcode = {0x0f, 0xaf}, .digit = REGISTER},
    {.length = 1, .opcode = {0x88}, .vary = 3, .digit = REGISTER, .operands = BYTES_BY_BIT_0}, /* mov */
    {.length = 1, .opcode = {0x88}, .vary = 3, .digit = REGISTER, .operands = BYTES_BY_BIT_0},
    {.length = 1, .opcode = {0xc6}, .digit = 0, .immediate = 1, .operands = BYTES},
    {.length = 1, .opcode = {0xc7}, .digit = 0, .immediate = 4},
    {.length = 1, .opcode = {0x8d}, .digit = REGISTER, .form = MEMORY_ONLY},                   /* lea */
    {.length = 1, .opcode = {0x63}, .digit = REGISTER, .only = 64},                            /* movsxd */
    {.length = 1, .opcode = {0x86}, .vary = 1, .digit = REGISTER, .operands = BYTES_BY_BIT_0}, /* xchg */
    {.length = 1, .opcode = {0x98}, .vary = 1, .digit = NO_MODRM}, /* cbw, cwd and the like */
    {.length = 1, .opcode = {0x9e}, .vary = 1, .digit = NO_MODRM}, /* sahf, lahf */
    {.length = 1, .opcode = {0xf8}, .vary = 1, .digit = NO_MODRM}, /* clc, stc */
    {.length = 1, .opcode = {0xf5}, .digit = NO_MODRM},
    {.length = 1, .opcode = {0x90}, .digit = NO_MODRM},
    {.length = 2, .opcode = {0x0f, 0xb6}, .vary = 8, .digit = REGISTER, .operands = BYTES_IN_SOURCE}, /* movzx, movsx */
    {.length = 2, .opcode = {0x0f, 0xb7}, .vary = 8, .digit = REGISTER},
    {.length = 2, .opcode = {0x0f, 0x40}, .vary = 15, .digit = REGISTER},                                    /* cmov */
    {.length = 2, .opcode = {0x0f, 0x90}, .vary = 15, .digit = 0, .form = REGISTER_ONLY, .operands = BYTES}, /* setcc */
    {.length = 2, .opcode = {0x0f, 0x90}, .vary = 15, .digit = 0, .operands = BYTES, .settled = true},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 4, .immediate = 1, .undefined = ALL_BUT_CARRY}, /* bt .. btc */
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 5, .immediate = 1, .undefined = ALL_BUT_CARRY},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 6, .immediate = 1, .undefined = ALL_BUT_CARRY},
    {.length = 2, .opcode = {0x0f, 0xba}, .digit = 7, .immediate = 1, .undefined = ALL_BUT_CARRY},
    {.length = 2,
     .opcode = {0x0f, 0xa3},
     .vary = 0x18,
     .digit = REGISTER,
     .form = REGISTER_ONLY,
     .undefined = ALL_BUT_CARRY},
    {.length = 2, .opcode = {0x0f, 0xbc}, .vary = 1, .digit = REGISTER, .undefined = ALL_BUT_CARRY}, /* bsf, bsr */
    {.length = 2, .opcode = {0x0f, 0xc0}, .vary = 1, .digit = REGISTER, .operands = BYTES_BY_BIT_0}, /* xadd */
    {.length = 2, .opcode = {0x0f, 0xb0}, .vary = 1, .digit = REGISTER, .operands = BYTES_BY_BIT_0}, /* cmpxchg */
    {.length = 2, .opcode = {0x0f, 0xc7}, .digit = 1, .form = MEMORY_ONLY},                          /* cmpxchg8b */
    {.prefix = 0xf0, .length = 2, .opcode = {0x0f, 0xc7}, .digit = 1, .form = MEMORY_ONLY},
    {.prefix = 0xf0, .length = 2, .opcode = {0x0f, 0xc1}, .digit = REGISTER, .form = MEMORY_ONLY},
    {.prefix = 0xf0, .length = 2, .opcode = {0x0f, 0xb1}, .digit = REGISTER, .form = MEMORY_ONLY},
    {.prefix = 0xf0, .length = 1, .opcode = {0x01}, .vary = 0x20, .digit = REGISTER, .form = MEMORY_ONLY},
    {.prefix = 0xf0, .length = 1, .opcode = {0xff}, .digit = 0, .form = MEMORY_ONLY},
    {.length = 2, .opcode = {0x0f, 0x1f}, .digit = 0},
    {.length = 1, .opcode = {0xff}, .digit = 6}, /* push */
    {.length = 1, .opcode = {0x8f}, .digit = 0},
    {.length = 1, .opcode = {0x68}, .digit = NO_MODRM, .immediate = 4},
    {.length = 1, .opcode = {0x6a}, .digit = NO_MODRM, .immediate = 1},
    {.length = 1, .opcode = {0x9c}, .digit = NO_MODRM},                           /* pushf */
    {.length = 1, .opcode = {0x60}, .digit = NO_MODRM, .only = 32},               /* pusha */
    {.length = 1, .opcode = {0x06}, .vary = 0x18, .digit = NO_MODRM, .only = 32}, /* push es .. ds */
    {.length = 2, .opcode = {0x0f, 0xa0}, .vary = 8, .digit = NO_MODRM},          /* push fs, gs */
    {.length = 1, .opcode = {0x8c}, .digit = 4},                                  /* mov from fs */
    {.length = 2, .opcode = {0x0f, 0x10}, .vary = 1, .digit = REGISTER, .form = MEMORY_ONLY, .vector = true},
    {.length = 2, .opcode = {0x0f, 0x16}, .vary = 1, .digit = REGISTER, .form = MEMORY_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x6e}, .vary = 0x10, .digit = REGISTER, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0xd6}, .digit = REGISTER, .form = MEMORY_ONLY, .vector = true},
    {.prefix = 0xf3, .length = 2, .opcode = {0x0f, 0x7e}, .digit = REGISTER, .form = MEMORY_ONLY, .vector = true},
    {.prefix = 0x66,
     .length = 2,
     .opcode = {0x0f, 0xeb},
     .vary = 4,
     .digit = REGISTER,
     .form = REGISTER_ONLY,
     .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0xdb}, .digit = REGISTER, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x61}, .digit = REGISTER, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x62}, .digit = REGISTER, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66, .length = 2, .opcode = {0x0f, 0x6c}, .digit = REGISTER, .form = REGISTER_ONLY, .vector = true},
    {.prefix = 0x66,
     .length = 2,
     .opcode = {0x0f, 0xfe},
     .digit = REGISTER,
     .form = REGISTER_ONLY,
     .vector = true}, /* Unicorn's */
    {.prefix = 0x66,
     .length = 2,
     .opcode = {0x0f, 0x70},
     .digit = REGISTER,
     .immediate = 1,
     .form = REGISTER_ONLY,
     .vector = true},
    {.prefix = 0xf2,
     .length = 2,
     .opcode = {0x0f, 0x70},
     .digit = REGISTER,
     .immediate = 1,
     .form = REGISTER_ONLY,
     .vector = true},
};
enum { PATTERNS = sizeof patterns / sizeof patterns[0] };
enum { CX = 1, SP = 4, BP = 5, SI = 6, DI = 7 };

static uint64_t state;

static uint32_t pick(uint32_t below)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(state >> 33) % below;
}

static void byte(program *p, unsigned value) { p->bytes[p->size++] = (uint8_t)value; }

static void dword(program *p, uint64_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        byte(p, (uint8_t)(value >> 8 * i));
    }
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

/* `bytes`: AL .. BL, AH .. BH without a REX prefix. Never DI, which points to the data, nor SP. */
static unsigned any_register(bool rex, bool bytes)
{
    static const uint8_t usable[] = {0, 1, 2, 3, 5, 6, 8, 9, 10, 12, 13, 15};
    return bytes && !rex ? pick(8) : usable[pick(rex ? sizeof usable : 6)];
}

static void load_immediate(program *p, unsigned reg, uint64_t value)
{
    if (p->wide) {
        byte(p, 0x48 | (reg & 8 ? 1 : 0));
    }
    byte(p, 0xb8 | (reg & 7));
    dword(p, value);
    if (p->wide) {
        dword(p, value >> 32);
    }
}

/* Operands in memory -------------------------------------------------------------------------------------------------- */

typedef enum { BY_BYTE, BY_DWORD, INDEXED, ABSOLUTE, IN_BLOCK, IN_SEGMENT, ADDRESSES } addressing;

typedef struct {
    addressing kind;
    unsigned index, scale;
    uint64_t displacement;
} address;

/* Of a place near the data. What stands before the instruction is written now: an index is loaded. */
static address any_address(program *p, bool rex)
{
    address a = {.kind = pick(2) ? BY_BYTE : (addressing)pick(ADDRESSES), .displacement = pick(256) - 128ull};
    if (a.kind == INDEXED) { /* in 32 bits the sum wraps */
        uint64_t value = p->wide ? pick(1 << 16) : (uint64_t)pick(1u << 31) << 1;
        a.index = any_register(rex, false);
        a.scale = pick(4);
        load_immediate(p, a.index, value);
        a.displacement -= value << a.scale;
    } else if (a.kind == IN_BLOCK) {
        a.displacement &= 0xff;
    }
    return a;
}

static void segment_prefix(program *p, const address *a)
{
    static const uint8_t others[] = {0x26, 0x2e, 0x36, 0x3e};
    if (a->kind == IN_BLOCK) {
        byte(p, p->wide ? 0x65 : 0x64);
    } else if (a->kind == IN_SEGMENT) {
        byte(p, pick(8) ? others[pick(4)] : p->wide ? 0x64 : 0x65);
    }
}

/* The ModRM byte and what belongs to it, before `immediate` bytes. */
static void memory_operand(program *p, const address *a, unsigned reg, unsigned immediate)
{
    unsigned field = (reg & 7) << 3;
    switch (a->kind) {
    case BY_DWORD:
        byte(p, 0x80 | field | DI);
        dword(p, a->displacement);
        break;
    case INDEXED:
        byte(p, 0x80 | field | 4);
        byte(p, a->scale << 6 | (a->index & 7) << 3 | DI);
        dword(p, a->displacement);
        break;
    case ABSOLUTE:
        byte(p, field | 5);
        dword(p, p->data + a->displacement - (p->wide ? p->code + p->size + 4 + immediate : 0));
        break;
    case IN_BLOCK:
        byte(p, field | (p->wide ? 4 : 5));
        if (p->wide) {
            byte(p, 0x25);
        }
        dword(p, a->displacement);
        break;
    default:
        byte(p, 0x40 | field | DI);
        byte(p, (uint8_t)a->displacement);
        break;
    }
}

/* Instructions ---------------------------------------------------------------------------------------------------------- */

static void add_pattern(program *p, const pattern *one)
{
    bool word = pick(6) == 0 && !one->vector && !one->prefix, rex = p->wide && (one->vector || pick(3)),
         wide = rex && pick(2);
    bool memory = one->digit != NO_MODRM && (one->form == MEMORY_ONLY || (one->form != REGISTER_ONLY && pick(2)));
    uint8_t last = one->opcode[one->length - 1] | (uint8_t)(pick(256) & one->vary);
    bool bytes = one->operands == BYTES || (one->operands == BYTES_BY_BIT_0 && !(last & 1));
    bool both_vectors = one->vector && one->form == REGISTER_ONLY;
    unsigned reg = one->digit >= 0           ? (unsigned)one->digit
                   : one->digit == ANY_DIGIT ? pick(8)
                   : one->vector             ? pick(PROGRAM_VECTORS)
                                             : any_register(rex, bytes);
    unsigned other =
        both_vectors ? pick(PROGRAM_VECTORS) : any_register(rex, bytes || one->operands == BYTES_IN_SOURCE);
    address a = {0};
    if (one->settled) { /* pushf, popf */
        byte(p, 0x9c);
        byte(p, 0x9d);
    }
    if (memory) {
        a = any_address(p, rex);
        segment_prefix(p, &a);
    }
    if (one->prefix || word) {
        byte(p, one->prefix ? one->prefix : 0x66);
    }
    if (rex) {
        bool far = memory ? a.kind == INDEXED && a.index & 8 : other & 8;
        byte(p, 0x40 | (wide ? 8 : 0) | (reg & 8 ? 4 : 0) | (!far ? 0 : memory ? 2 : 1));
    }
    for (unsigned i = 0; i + 1 < one->length; i++) {
        byte(p, one->opcode[i]);
    }
    byte(p, last);
    unsigned immediate = one->immediate == 4 && word && !wide ? 2 : one->immediate;
    if (memory) {
        memory_operand(p, &a, reg, immediate);
    } else if (one->digit != NO_MODRM) {
        byte(p, 0xc0 | (reg & 7) << 3 | (other & 7));
    }
    random_bytes(p, immediate);
    if (one->undefined) { /* sbb eax, eax; cmp eax, eax */
        byte(p, one->undefined == ALL_FLAGS ? 0x39 : 0x19);
        byte(p, 0xc0);
    }
}

/* push, pop, inc, dec, xchg with EAX, bswap: the register is in the opcode. */
static void in_opcode(program *p)
{
    static const uint8_t opcodes[] = {0x50, 0x58, 0x90, 0x40, 0x48};
    unsigned reg = any_register(false, false), which = pick(p->wide ? 4 : 6);
    if (pick(6) == 0) {
        byte(p, 0x66);
    }
    if (which == (p->wide ? 3 : 5)) {
        byte(p, 0x0f);
        byte(p, 0xc8 | reg);
    } else {
        byte(p, opcodes[which] | (which < 2 && pick(8) == 0 ? SP : reg));
    }
    if (which == 1) { /* pop may have been of SP */
        load_immediate(p, SP, p->block + 2048);
    }
}

static void move_immediate(program *p)
{
    if (pick(2)) {
        byte(p, 0xb0 | pick(8) % 4 | (pick(2) ? 4 : 0)); /* AH .. BH, too */
        random_bytes(p, 1);
    } else {
        load_immediate(p, any_register(p->wide, false), (uint64_t)pick(1u << 31) << 33 | pick(1u << 31));
    }
}

static void branch(program *p)
{
    bool far = pick(2);
    if (far) {
        byte(p, 0x0f);
        byte(p, 0x80 | pick(16));
        dword(p, 2);
    } else {
        byte(p, pick(8) ? 0x70 | pick(16) : 0xe0 | pick(4)); /* also loops, and by CX */
        byte(p, 2);
    }
    byte(p, 0x30); /* xor ah, cl; with another ModRM byte: of another register */
    byte(p, 0xc0 | pick(64));
}

/* A call of what is right behind a jump over it, and returns there. */
static void call_and_return(program *p)
{
    unsigned kind = pick(3);
    bool pops = pick(2), in_memory = kind == 2;
    size_t start = p->size;
    for (int pass = 0; pass < 2; pass++) { /* the second time with the address, which has the same size */
        uint64_t target = p->code + p->size + 2;
        p->size = start;
        if (kind == 0) {
            byte(p, 0xe8);
            dword(p, 2);
        } else {
            load_immediate(p, 0, target);
            if (in_memory) { /* mov [edi], eax; call [edi] */
                if (p->wide) {
                    byte(p, 0x48);
                }
                byte(p, 0x89);
                byte(p, 0x07);
            }
            byte(p, 0xff);
            byte(p, in_memory ? 0x17 : 0xd0);
        }
    }
    byte(p, 0xeb); /* behind the return */
    byte(p, pops ? 3 : 1);
    byte(p, pops ? 0xc2 : 0xc3);
    if (pops) {
        byte(p, 8 * pick(3));
        byte(p, 0);
    }
}

/* movs, cmps, stos, lods, scas */
static void string(program *p)
{
    static const uint8_t opcodes[] = {0xa4, 0xa6, 0xaa, 0xac, 0xae};
    unsigned which = pick(5), repeat = pick(3);
    load_immediate(p, CX, pick(5));
    load_immediate(p, SI, p->data + pick(64));
    if (pick(4) == 0) {
        byte(p, 0xfd);
    }
    if (repeat) {
        byte(p, 0xf1 + repeat);
    }
    if (p->wide && pick(3) == 0) {
        byte(p, 0x48);
    }
    byte(p, opcodes[which] | pick(2));
    byte(p, 0xfc);
    load_immediate(p, DI, p->data);
}

/* pushf, popf; also with what only a debugger or a test of the processor would set: see the mask. */
static void flags(program *p)
{
    enum { SAME = 0xcd5 | 0x200 }; /* C, P, A, Z, S, D (cleared below), O, I */
    byte(p, 0x9c);
    byte(p, 0x58); /* pop eax */
    byte(p, 0x35); /* xor eax, … */
    dword(p, pick(1 << 16) & SAME);
    byte(p, 0x50);
    byte(p, 0x9d);
    byte(p, 0xfc);
    byte(p, pick(2) ? 0xfa : 0xfb); /* cli, sti */
}

/* leave, with BP in the stack */
static void leave(program *p)
{
    load_immediate(p, BP, p->block + 2048 - 64);
    byte(p, 0xc9);
    load_immediate(p, SP, p->block + 2048);
}

/* In 32 bits: DS or ES gets a base, or FS none, for some instructions. */
static void segments(program *p)
{
    enum { BLOCK = 0x30, DATA = 0x23 };
    unsigned which = pick(3), field = which == 0 ? 0 : which == 1 ? 3 : 4; /* ES, DS, FS */
    unsigned usual = field == 4 ? BLOCK : DATA, other = field == 4 ? DATA : BLOCK;
    for (int i = 0; i < 2; i++) {
        load_immediate(p, 0, i ? usual : other);
        byte(p, 0x8e);
        byte(p, 0xc0 | field << 3);
        for (int k = 0; !i && k < 3; k++) { /* inc */
            byte(p, field == 4 ? 0x64 : field == 0 ? 0x26 : 0x3e);
            byte(p, 0xff);
            byte(p, 0x05);
            dword(p, p->twice + pick(200));
        }
    }
}

/* The quotient fits, mostly. */
static void divide(program *p)
{
    const pattern one = {
        .length = 1, .opcode = {0xf6}, .vary = 1, .digit = 6 + (int8_t)pick(2), .operands = BYTES_BY_BIT_0};
    if (pick(8)) {
        load_immediate(p, 2, 0);
        load_immediate(p, 0, pick(100));
    }
    add_pattern(p, &one);
}

static void push_all(program *p)
{
    byte(p, 0x60);
    add_pattern(p, &patterns[pick(2)]);
    byte(p, 0x61);
    load_immediate(p, DI, p->data);
}

static void call_machine(program *p, unsigned number)
{
    load_immediate(p, 0, number);
    byte(p, 0x0f);
    byte(p, 0x05);
}

static void atomic_section(program *p)
{
    call_machine(p, HV_ATOMIC_BEGIN);
    for (int i = 0; i < 3; i++) {
        add_pattern(p, &patterns[pick(2)]);
    }
    call_machine(p, HV_ATOMIC_END);
    call_machine(p, pick(2) ? HV_THREAD_SELF : HV_CLOCK);
}

static void add_instruction(program *p)
{
    switch (pick(40)) {
    case 0: branch(p); return;
    case 1:
    case 2: in_opcode(p); return;
    case 3: call_and_return(p); return;
    case 4: string(p); return;
    case 5: flags(p); return;
    case 6: leave(p); return;
    case 7: atomic_section(p); return;
    case 8:
    case 9: move_immediate(p); return;
    case 10: divide(p); return;
    case 11:
        if (!p->wide) {
            pick(2) ? segments(p) : push_all(p);
        }
        return;
    default: {
        const pattern *one;
        do {
            one = &patterns[pick(PATTERNS)];
        } while (one->only && one->only != (p->wide ? 64 : 32));
        add_pattern(p, one);
    }
    }
}

/* movups [rdi + 128 + 16 * i], xmm<i>: their contents are compared with the data. */
static void store_vectors(program *p)
{
    for (unsigned i = 0; i < PROGRAM_VECTORS; i++) {
        byte(p, 0x0f);
        byte(p, 0x11);
        byte(p, 0x80 | i << 3 | DI);
        dword(p, 0x80 + 16 * i);
    }
}

void program_write(program *p, uint64_t seed, unsigned instructions)
{
    state = seed;
    p->size = 0;
    for (unsigned i = 0; i < (p->wide ? 16 : 8); i++) {
        if (i != SP) {
            load_immediate(p, i, i == DI ? p->data : (uint64_t)pick(1u << 31) << 32 | pick(1u << 31));
        }
    }
    for (unsigned i = 0; i < instructions; i++) {
        add_instruction(p);
    }
    store_vectors(p);
    byte(p, 0x0f); /* ud2 */
    byte(p, 0x0b);
}

/* inc or rcl of a word of the processor block */
static void change_in_block(program *p, bool rotate, unsigned word)
{
    byte(p, p->wide ? 0x65 : 0x64);
    byte(p, rotate ? 0xd1 : 0xff);
    byte(p, (rotate ? 0x10 : 0) | (p->wide ? 4 : 5));
    if (p->wide) {
        byte(p, 0x25);
    }
    dword(p, word);
}

size_t program_write_threads(program *p, uint64_t stack, uint64_t block)
{
    enum { COUNT = 5, IMMEDIATES = 5 };
    size_t begin = IMMEDIATES * (p->wide ? 10 : 5) + 2;
    p->size = 0;
    load_immediate(p, CX, p->code + begin);
    load_immediate(p, 2, stack);
    load_immediate(p, p->wide ? 8 : 3, block);
    load_immediate(p, p->wide ? 9 : SI, 0);
    call_machine(p, HV_THREAD_CREATE);
    for (int i = 0; i < COUNT; i++) {
        change_in_block(p, false, 0);
        change_in_block(p, true, 4);
        byte(p, 0x8c); /* mov eax, fs */
        byte(p, 0xe0);
        change_in_block(p, false, 8);
    }
    return begin;
}
