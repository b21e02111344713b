/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.c - instructions to operations. Only forms that compilers use much; all others are left to Unicorn, and whatever
 * bears an unusual prefix. 64 and 32 bits differ in what the decoder is set to, and in little else.
 */
#include <stdbool.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "flags.h"
#include "operation.h"

typedef ZydisDecodedInstruction instruction;
typedef ZydisDecodedOperand operand;

static bool is_register(const operand *o) { return o->type == ZYDIS_OPERAND_TYPE_REGISTER; }
static bool is_memory(const operand *o) { return o->type == ZYDIS_OPERAND_TYPE_MEMORY; }
static bool is_immediate(const operand *o) { return o->type == ZYDIS_OPERAND_TYPE_IMMEDIATE; }

/* It moves the stack by a whole word. */
static bool is_whole(const instruction *i) { return i->operand_width == i->stack_width; }

/* Where a general register lies, -1: it is none. */
static int general(const operand *o)
{
    if (!is_register(o)) {
        return -1;
    }
    int id = ZydisRegisterGetId(o->reg.value);
    switch (ZydisRegisterGetClass(o->reg.value)) {
    case ZYDIS_REGCLASS_GPR8: /* AL .. BL, AH .. BH, SPL .. R15B */
        return id < 4 ? id * REGISTER_BYTES : (id - 4) * REGISTER_BYTES + (id < 8);
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64: return id * REGISTER_BYTES;
    default: return -1;
    }
}

static int vector(const operand *o)
{
    bool xmm = is_register(o) && ZydisRegisterGetClass(o->reg.value) == ZYDIS_REGCLASS_XMM;
    int id = xmm ? ZydisRegisterGetId(o->reg.value) : -1;
    return id < 16 ? id : -1;
}

static bool set_general(uint8_t *number, const operand *o)
{
    int id = general(o);
    *number = (uint8_t)id;
    return id >= 0;
}

static bool set_vector(uint8_t *number, const operand *o)
{
    int id = vector(o);
    *number = (uint8_t)id;
    return id >= 0;
}

static bool address_register(ZydisRegister name, uint8_t *number)
{
    *number = NO_REGISTER;
    if (name == ZYDIS_REGISTER_NONE || name == ZYDIS_REGISTER_RIP) {
        return true;
    }
    *number = (uint8_t)ZydisRegisterGetId(name);
    ZydisRegisterClass class = ZydisRegisterGetClass(name);
    return class == ZYDIS_REGCLASS_GPR64 || class == ZYDIS_REGCLASS_GPR32;
}

/* It lies in the processor block. An address that is only computed (lea) lies nowhere. */
static bool in_block(const operand *o)
{
    bool segment = o->mem.segment == ZYDIS_REGISTER_GS || o->mem.segment == ZYDIS_REGISTER_FS;
    return segment && o->mem.type != ZYDIS_MEMOP_TYPE_AGEN;
}

static bool add_block(operation *op)
{
    bool room = op->index == NO_REGISTER;
    op->index = BLOCK_REGISTER;
    op->scale = 0;
    return room;
}

static bool set_memory(operation *op, const operand *o, uint64_t next)
{
    static const uint8_t shifts[] = {[1] = 0, [2] = 1, [4] = 2, [8] = 3};
    if (!is_memory(o) || o->mem.scale > 8) {
        return false;
    }
    op->scale = shifts[o->mem.scale];
    op->displacement = o->mem.disp.has_displacement ? (uint64_t)o->mem.disp.value : 0;
    op->displacement += o->mem.base == ZYDIS_REGISTER_RIP ? next : 0;
    if (!address_register(o->mem.base, &op->base) || !address_register(o->mem.index, &op->index)) {
        return false;
    }
    return !in_block(o) || add_block(op);
}

static bool as(operation *op, operation_kind kind, uint32_t bits)
{
    op->kind = (uint8_t)kind;
    op->size = (uint8_t)(bits / 8);
    return true;
}

/* Two operands: to and from are registers, memory or immediates; `kinds` as in operation.h, OP_ALONE where there is none. */
typedef struct {
    operation_kind registers, immediate, load, store, store_immediate;
} forms;

static bool two(operation *op, const operand *o, uint64_t next, const forms *f)
{
    if (is_memory(&o[0])) {
        if (!set_memory(op, &o[0], next)) {
            return false;
        }
        if (is_immediate(&o[1])) {
            op->immediate = o[1].imm.value.u;
            return as(op, f->store_immediate, o[0].size);
        }
        return set_general(&op->from, &o[1]) && as(op, f->store, o[0].size);
    }
    if (!set_general(&op->to, &o[0])) {
        return false;
    }
    if (is_immediate(&o[1])) {
        op->immediate = o[1].imm.value.u;
        return as(op, f->immediate, o[0].size);
    }
    if (is_memory(&o[1])) {
        return set_memory(op, &o[1], next) && as(op, f->load, o[0].size);
    }
    return set_general(&op->from, &o[1]) && as(op, f->registers, o[0].size);
}

static bool move(operation *op, const operand *o, uint64_t next)
{
    static const forms f = {OP_MOVE, OP_MOVE_IMMEDIATE, OP_LOAD, OP_STORE, OP_STORE_IMMEDIATE};
    return two(op, o, next, &f);
}

static bool alu(operation *op, const operand *o, uint64_t next, uint8_t what)
{
    static const forms f = {OP_ALU, OP_ALU_IMMEDIATE, OP_ALU_LOAD, OP_ALU_MEMORY, OP_ALU_MEMORY_IMMEDIATE};
    op->what = what;
    return two(op, o, next, &f);
}

static bool extend(operation *op, const operand *o, uint64_t next, bool sign)
{
    static const forms f = {.registers = OP_EXTEND, .load = OP_EXTEND_LOAD};
    op->what = (uint8_t)(o[1].size / 8);
    op->sign = sign;
    return two(op, o, next, &f);
}

static bool conditional(operation *op, const operand *o, uint64_t next, uint8_t condition)
{
    static const forms f = {.registers = OP_CONDITIONAL, .load = OP_CONDITIONAL_LOAD};
    op->what = condition;
    return two(op, o, next, &f);
}

static bool one(operation *op, const operand *o, uint64_t next, operation_kind reg, operation_kind memory)
{
    if (is_memory(o)) {
        return set_memory(op, o, next) && as(op, memory, o->size);
    }
    return set_general(&op->to, o) && as(op, reg, o->size);
}

static bool unary(operation *op, const operand *o, uint64_t next, uint8_t what)
{
    op->what = what;
    return one(op, o, next, OP_UNARY, OP_UNARY_MEMORY);
}

static bool by_count(operation *op, const operand *count)
{
    op->by_register = general(count) == 1 * REGISTER_BYTES; /* CL */
    op->immediate = is_immediate(count) ? count->imm.value.u : 0;
    return op->by_register || is_immediate(count);
}

static bool shift(operation *op, const operand *o, uint64_t next, uint8_t what)
{
    op->what = what;
    return by_count(op, &o[1]) && one(op, o, next, OP_SHIFT, OP_SHIFT_MEMORY);
}

static bool shift_double(operation *op, const operand *o, uint8_t what)
{
    op->what = what;
    return by_count(op, &o[2]) && o[0].size > 16 && set_general(&op->to, &o[0]) && set_general(&op->from, &o[1]) &&
           as(op, OP_SHIFT_DOUBLE, o[0].size);
}

static bool multiply(operation *op, const instruction *i, const operand *o, uint64_t next)
{
    if (i->operand_count_visible == 3) {
        op->immediate = o[2].imm.value.u;
        return set_general(&op->to, &o[0]) && set_general(&op->from, &o[1]) && as(op, OP_MULTIPLY, o[0].size);
    }
    static const forms f = {.registers = OP_MULTIPLY_REGISTER, .load = OP_MULTIPLY_LOAD};
    op->sign = true;
    return i->operand_count_visible == 2 ? two(op, o, next, &f) : one(op, o, next, OP_MULTIPLY_A, OP_MULTIPLY_A_MEMORY);
}

static bool divide(operation *op, const operand *o, uint64_t next, bool sign)
{
    op->sign = sign;
    return one(op, o, next, OP_DIVIDE, OP_DIVIDE_MEMORY);
}

static bool bit(operation *op, const operand *o, uint64_t next, uint8_t what)
{
    op->what = what;
    op->immediate = is_immediate(&o[1]) ? o[1].imm.value.u : 0;
    return is_immediate(&o[1]) && one(op, o, next, OP_BIT, OP_BIT_MEMORY);
}

static bool swap(operation *op, const operand *o)
{
    return set_general(&op->to, &o[0]) && set_general(&op->from, &o[1]) && as(op, OP_SWAP, o[0].size);
}

static bool swap_bytes(operation *op, const operand *o)
{
    return o->size > 16 && set_general(&op->to, o) && as(op, OP_SWAP_BYTES, o->size);
}

static bool change_flag(operation *op, operation_kind kind, uint32_t flag)
{
    op->immediate = flag;
    return as(op, kind, 32);
}

/* movs, stos: between where SI and DI point to, which no prefix has moved. */
static bool string(operation *op, const instruction *i, operation_kind kind)
{
    const ZydisInstructionAttributes moved = ZYDIS_ATTRIB_HAS_SEGMENT;
    op->repeats = (i->attributes & ZYDIS_ATTRIB_HAS_REP) != 0;
    return i->meta.category == ZYDIS_CATEGORY_STRINGOP && !(i->attributes & moved) && as(op, kind, i->operand_width);
}

/* With memory, and a register. */
static bool exchange(operation *op, const operand *o, uint64_t next, operation_kind kind)
{
    const operand *memory = is_memory(&o[0]) ? &o[0] : &o[1], *other = is_memory(&o[0]) ? &o[1] : &o[0];
    return set_memory(op, memory, next) && set_general(&op->from, other) && as(op, kind, memory->size);
}

static bool call(operation *op, const operand *o, uint64_t next)
{
    if (is_immediate(o)) {
        op->immediate = next + o->imm.value.u;
        return as(op, OP_CALL, 64);
    }
    return one(op, o, next, OP_CALL_REGISTER, OP_CALL_MEMORY);
}

static bool jump(operation *op, const operand *o, uint64_t next)
{
    if (is_immediate(o)) {
        op->immediate = next + o->imm.value.u;
        return as(op, OP_JUMP, 64);
    }
    return one(op, o, next, OP_JUMP_REGISTER, OP_JUMP_MEMORY);
}

static bool push(operation *op, const instruction *i, const operand *o, uint64_t next)
{
    if (!is_whole(i)) {
        return false;
    }
    if (is_immediate(o)) {
        op->immediate = (uint64_t)o->imm.value.s;
        return as(op, OP_PUSH_IMMEDIATE, i->stack_width);
    }
    return o->size == i->stack_width && one(op, o, next, OP_PUSH, OP_PUSH_MEMORY);
}

static bool vector_move(operation *op, const operand *o, uint64_t next, uint32_t bits)
{
    if (is_memory(&o[0])) {
        return set_memory(op, &o[0], next) && set_vector(&op->from, &o[1]) && as(op, OP_VECTOR_STORE, bits);
    }
    if (is_memory(&o[1])) {
        return set_memory(op, &o[1], next) && set_vector(&op->to, &o[0]) && as(op, OP_VECTOR_LOAD, bits);
    }
    if (general(&o[0]) >= 0) {
        return set_general(&op->to, &o[0]) && set_vector(&op->from, &o[1]) && as(op, OP_VECTOR_TO, bits);
    }
    if (general(&o[1]) >= 0) {
        return set_vector(&op->to, &o[0]) && set_general(&op->from, &o[1]) && as(op, OP_VECTOR_FROM, bits);
    }
    return set_vector(&op->to, &o[0]) && set_vector(&op->from, &o[1]) && as(op, OP_VECTOR_MOVE, bits);
}

static bool vectors(operation *op, const operand *o, operation_kind kind, uint8_t what)
{
    op->what = what;
    return set_vector(&op->to, &o[0]) && set_vector(&op->from, &o[1]) && as(op, kind, 128);
}

static bool shuffle(operation *op, const operand *o, uint8_t what)
{
    op->immediate = o[2].imm.value.u;
    return vectors(op, o, OP_VECTOR_SHUFFLE, what);
}

static bool high(operation *op, const operand *o, uint64_t next)
{
    if (is_memory(&o[0])) {
        return set_memory(op, &o[0], next) && set_vector(&op->from, &o[1]) && as(op, OP_VECTOR_STORE_HIGH, 64);
    }
    return set_memory(op, &o[1], next) && set_vector(&op->to, &o[0]) && as(op, OP_VECTOR_LOAD_HIGH, 64);
}

/* The condition in the opcode of jcc, setcc, cmovcc. */
static uint8_t condition_of(const instruction *i) { return i->opcode & 15; }

static bool branch(operation *op, const instruction *i, const operand *o, uint64_t next)
{
    op->what = condition_of(i);
    op->immediate = next + o->imm.value.u;
    return as(op, OP_BRANCH, 64);
}

static bool with_vectors(operation *op, const instruction *i, const operand *o, uint64_t next)
{
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVUPD:
    case ZYDIS_MNEMONIC_MOVDQU:
    case ZYDIS_MNEMONIC_MOVAPS:
    case ZYDIS_MNEMONIC_MOVAPD:
    case ZYDIS_MNEMONIC_MOVDQA: return vector_move(op, o, next, 128);
    case ZYDIS_MNEMONIC_MOVQ: return vector_move(op, o, next, 64);
    case ZYDIS_MNEMONIC_MOVD: return vector_move(op, o, next, 32);
    case ZYDIS_MNEMONIC_PXOR:
    case ZYDIS_MNEMONIC_XORPS:
    case ZYDIS_MNEMONIC_XORPD: return vectors(op, o, OP_VECTOR_LOGIC, LOGIC_XOR);
    case ZYDIS_MNEMONIC_PAND:
    case ZYDIS_MNEMONIC_ANDPS:
    case ZYDIS_MNEMONIC_ANDPD: return vectors(op, o, OP_VECTOR_LOGIC, LOGIC_AND);
    case ZYDIS_MNEMONIC_POR:
    case ZYDIS_MNEMONIC_ORPS:
    case ZYDIS_MNEMONIC_ORPD: return vectors(op, o, OP_VECTOR_LOGIC, LOGIC_OR);
    case ZYDIS_MNEMONIC_PUNPCKLWD: return vectors(op, o, OP_VECTOR_UNPACK, 2);
    case ZYDIS_MNEMONIC_PUNPCKLDQ: return vectors(op, o, OP_VECTOR_UNPACK, 4);
    case ZYDIS_MNEMONIC_PUNPCKLQDQ: return vectors(op, o, OP_VECTOR_UNPACK, 8);
    case ZYDIS_MNEMONIC_PSHUFD: return shuffle(op, o, SHUFFLE_DWORDS);
    case ZYDIS_MNEMONIC_PSHUFLW: return shuffle(op, o, SHUFFLE_LOW_WORDS);
    case ZYDIS_MNEMONIC_MOVHPS:
    case ZYDIS_MNEMONIC_MOVHPD: return high(op, o, next);
    default: return false;
    }
}

static bool with_registers(operation *op, const instruction *i, const operand *o, uint64_t next)
{
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_MOV: return move(op, o, next);
    case ZYDIS_MNEMONIC_MOVZX: return extend(op, o, next, false);
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD: return extend(op, o, next, true);
    case ZYDIS_MNEMONIC_LEA:
        return set_general(&op->to, &o[0]) && set_memory(op, &o[1], next) && as(op, OP_LEA, o[0].size);
    case ZYDIS_MNEMONIC_ADD: return alu(op, o, next, ALU_ADD);
    case ZYDIS_MNEMONIC_OR: return alu(op, o, next, ALU_OR);
    case ZYDIS_MNEMONIC_ADC: return alu(op, o, next, ALU_ADC);
    case ZYDIS_MNEMONIC_SBB: return alu(op, o, next, ALU_SBB);
    case ZYDIS_MNEMONIC_AND: return alu(op, o, next, ALU_AND);
    case ZYDIS_MNEMONIC_SUB: return alu(op, o, next, ALU_SUB);
    case ZYDIS_MNEMONIC_XOR: return alu(op, o, next, ALU_XOR);
    case ZYDIS_MNEMONIC_CMP: return alu(op, o, next, ALU_CMP);
    case ZYDIS_MNEMONIC_TEST: return alu(op, o, next, ALU_TEST);
    case ZYDIS_MNEMONIC_INC: return unary(op, o, next, UNARY_INC);
    case ZYDIS_MNEMONIC_DEC: return unary(op, o, next, UNARY_DEC);
    case ZYDIS_MNEMONIC_NEG: return unary(op, o, next, UNARY_NEG);
    case ZYDIS_MNEMONIC_NOT: return unary(op, o, next, UNARY_NOT);
    case ZYDIS_MNEMONIC_SHL: return shift(op, o, next, SHIFT_LEFT);
    case ZYDIS_MNEMONIC_SHR: return shift(op, o, next, SHIFT_RIGHT);
    case ZYDIS_MNEMONIC_SAR: return shift(op, o, next, SHIFT_ARITHMETIC);
    case ZYDIS_MNEMONIC_ROL: return shift(op, o, next, ROTATE_LEFT);
    case ZYDIS_MNEMONIC_ROR: return shift(op, o, next, ROTATE_RIGHT);
    case ZYDIS_MNEMONIC_SHLD: return shift_double(op, o, SHIFT_LEFT);
    case ZYDIS_MNEMONIC_SHRD: return shift_double(op, o, SHIFT_RIGHT);
    case ZYDIS_MNEMONIC_MUL: return one(op, o, next, OP_MULTIPLY_A, OP_MULTIPLY_A_MEMORY);
    case ZYDIS_MNEMONIC_DIV: return divide(op, o, next, false);
    case ZYDIS_MNEMONIC_IDIV: return divide(op, o, next, true);
    case ZYDIS_MNEMONIC_IMUL: return multiply(op, i, o, next);
    case ZYDIS_MNEMONIC_BT: return bit(op, o, next, BIT_TEST);
    case ZYDIS_MNEMONIC_BTS: return bit(op, o, next, BIT_SET);
    case ZYDIS_MNEMONIC_BTR: return bit(op, o, next, BIT_RESET);
    case ZYDIS_MNEMONIC_BTC: return bit(op, o, next, BIT_COMPLEMENT);
    case ZYDIS_MNEMONIC_XADD: return exchange(op, o, next, OP_EXCHANGE_ADD);
    case ZYDIS_MNEMONIC_CMPXCHG: return exchange(op, o, next, OP_COMPARE_EXCHANGE);
    case ZYDIS_MNEMONIC_CMPXCHG8B: return set_memory(op, o, next) && as(op, OP_COMPARE_EXCHANGE_TWO, 64);
    case ZYDIS_MNEMONIC_XCHG: return swap(op, o) || exchange(op, o, next, OP_EXCHANGE);
    case ZYDIS_MNEMONIC_BSWAP: return swap_bytes(op, o);
    case ZYDIS_MNEMONIC_CDQE: return as(op, OP_SIGN_EXTEND_A, 64);
    case ZYDIS_MNEMONIC_CWDE: return as(op, OP_SIGN_EXTEND_A, 32);
    case ZYDIS_MNEMONIC_CQO: return as(op, OP_SIGN_OF_A, 64);
    case ZYDIS_MNEMONIC_CDQ: return as(op, OP_SIGN_OF_A, 32);
    case ZYDIS_MNEMONIC_CBW: return as(op, OP_SIGN_EXTEND_A, 16);
    case ZYDIS_MNEMONIC_CWD: return as(op, OP_SIGN_OF_A, 16);
    case ZYDIS_MNEMONIC_PUSH: return push(op, i, o, next);
    case ZYDIS_MNEMONIC_POP: return is_whole(i) && set_general(&op->to, o) && as(op, OP_POP, i->stack_width);
    case ZYDIS_MNEMONIC_LEAVE: return is_whole(i) && as(op, OP_LEAVE, i->stack_width);
    case ZYDIS_MNEMONIC_CLD: return change_flag(op, OP_CLEAR_FLAG, FLAG_D);
    case ZYDIS_MNEMONIC_STD: return change_flag(op, OP_SET_FLAG, FLAG_D);
    case ZYDIS_MNEMONIC_CLI: return change_flag(op, OP_CLEAR_FLAG, FLAG_I);
    case ZYDIS_MNEMONIC_STI: return change_flag(op, OP_SET_FLAG, FLAG_I);
    case ZYDIS_MNEMONIC_CLC: return change_flag(op, OP_CLEAR_FLAG, FLAG_C);
    case ZYDIS_MNEMONIC_STC: return change_flag(op, OP_SET_FLAG, FLAG_C);
    case ZYDIS_MNEMONIC_CMC: return as(op, OP_COMPLEMENT_CARRY, 32);
    case ZYDIS_MNEMONIC_PUSHF:
    case ZYDIS_MNEMONIC_PUSHFD:
    case ZYDIS_MNEMONIC_PUSHFQ: return is_whole(i) && as(op, OP_PUSH_FLAGS, i->stack_width);
    case ZYDIS_MNEMONIC_POPF:
    case ZYDIS_MNEMONIC_POPFD:
    case ZYDIS_MNEMONIC_POPFQ: return is_whole(i) && as(op, OP_POP_FLAGS, i->stack_width);
    case ZYDIS_MNEMONIC_MOVSB:
    case ZYDIS_MNEMONIC_MOVSW:
    case ZYDIS_MNEMONIC_MOVSD:
    case ZYDIS_MNEMONIC_MOVSQ: return string(op, i, OP_STRING_MOVE);
    case ZYDIS_MNEMONIC_STOSB:
    case ZYDIS_MNEMONIC_STOSW:
    case ZYDIS_MNEMONIC_STOSD:
    case ZYDIS_MNEMONIC_STOSQ: return string(op, i, OP_STRING_STORE);
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_ENDBR64: return as(op, OP_NOP, 64);
    default: break;
    }
    switch (i->meta.category) {
    case ZYDIS_CATEGORY_CMOV: return conditional(op, o, next, condition_of(i));
    case ZYDIS_CATEGORY_SETCC: op->what = condition_of(i); return one(op, o, next, OP_SET, OP_SET_MEMORY);
    default: return with_vectors(op, i, o, next);
    }
}

static bool is_transfer(const instruction *i)
{
    return i->meta.category == ZYDIS_CATEGORY_COND_BR || i->mnemonic == ZYDIS_MNEMONIC_CALL ||
           i->mnemonic == ZYDIS_MNEMONIC_JMP || i->mnemonic == ZYDIS_MNEMONIC_RET;
}

static bool transfer(operation *op, const instruction *i, const operand *o, uint64_t next)
{
    if ((i->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE) || i->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR) {
        return false;
    }
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_CALL: return call(op, o, next);
    case ZYDIS_MNEMONIC_JMP: return jump(op, o, next);
    case ZYDIS_MNEMONIC_RET:
        op->immediate = i->operand_count_visible ? o->imm.value.u : 0;
        return as(op, OP_RETURN, 64);
    default: {
        bool by_counter = (i->opcode & 0xf0) == 0xe0; /* loop, jrcxz */
        return !by_counter && branch(op, i, o, next);
    }
    }
}

/* Of the segments only the processor block's has a base: GS in 64 bits, FS in 32. */
static bool in_other_segment(const instruction *i, const operand *o)
{
    ZydisRegister other = i->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? ZYDIS_REGISTER_FS : ZYDIS_REGISTER_GS;
    for (uint32_t k = 0; k < i->operand_count_visible; k++) {
        if (is_memory(&o[k]) && o[k].mem.segment == other) {
            return true;
        }
    }
    return false;
}

static bool unusual(const instruction *i)
{
    const ZydisInstructionAttributes prefixes = ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE |
                                                ZYDIS_ATTRIB_HAS_XACQUIRE | ZYDIS_ATTRIB_HAS_XRELEASE |
                                                ZYDIS_ATTRIB_HAS_ADDRESSSIZE;
    return (i->attributes & prefixes) || i->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY;
}

static const ZydisDecoder *decoder_of(uint32_t word)
{
    static ZydisDecoder narrow, wide;
    static bool ready;
    if (!ready) {
        ready = ZYAN_SUCCESS(ZydisDecoderInit(&wide, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)) &&
                ZYAN_SUCCESS(ZydisDecoderInit(&narrow, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32));
    }
    return word == 8 ? &wide : &narrow;
}

operation operation_decode(uint32_t word, const uint8_t *bytes, uint64_t size, uint64_t address)
{
    operation op = {.kind = OP_ALONE, .base = NO_REGISTER, .index = NO_REGISTER};
    instruction i;
    operand o[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(decoder_of(word), bytes, size, &i, o)) || unusual(&i) ||
        in_other_segment(&i, o)) {
        return op;
    }
    op.length = i.length;
    uint64_t next = address + i.length;
    bool known = i.mnemonic == ZYDIS_MNEMONIC_SYSCALL ? as(&op, OP_HYPERCALL, 64)
                 : is_transfer(&i)                    ? transfer(&op, &i, o, next)
                                                      : with_registers(&op, &i, o, next);
    if (!known) {
        op.kind = OP_ALONE;
    }
    if (word == 4) { /* also where a branch goes */
        op.immediate = (uint32_t)op.immediate;
    }
    return op;
}
