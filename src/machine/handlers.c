/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handlers.c - which handler executes an operation. The handlers themselves: handlers_*.h, interpret_vector.h.
 *
 * The frequent ones exist once for each size, arithmetic operation or condition, all of these constants: a processor
 * foresees where a jump from such a handler goes much better than which way a switch inside it takes.
 */
#ifndef OPERATION_HANDLER /* handlers_x86.c has another */
#define OPERATION_HANDLER operation_handler_x64
#endif

#include "handlers_alu.h"
#include "handlers_control.h"
#include "handlers_exchange.h"
#include "handlers_move.h"
#include "handlers_string.h"
#include "interpret_vector.h"

/* Of vectors: the body says whether it was done. */
#define VECTOR(name)                                                      \
    HANDLER handle_##name(machine *m, const operation *op, uint64_t next) \
    {                                                                     \
        return name(m, op) ? go_on(m, op, next) : NOT_DONE;               \
    }
VECTOR(vector_load)
VECTOR(vector_store)
VECTOR(vector_move)
VECTOR(vector_from)
VECTOR(vector_to)
VECTOR(vector_logic)
VECTOR(vector_load_high)
VECTOR(vector_store_high)
VECTOR(vector_unpack)
VECTOR(vector_shuffle)

/* By size: 8, 4, 1, and any */
#define SIZED(name)                                                                                            \
    HANDLER name##_8(machine *m, const operation *op, uint64_t next) { return name(m, op, next, 8); }          \
    HANDLER name##_4(machine *m, const operation *op, uint64_t next) { return name(m, op, next, 4); }          \
    HANDLER name##_1(machine *m, const operation *op, uint64_t next) { return name(m, op, next, 1); }          \
    HANDLER name##_any(machine *m, const operation *op, uint64_t next) { return name(m, op, next, op->size); } \
    static const operation_run name##_by_size[] = {name##_8, name##_4, name##_1, name##_any};
SIZED(move)
SIZED(move_immediate)
SIZED(lea)

/* What accesses an operand in memory, of `size` bytes: as it does for any, and for those that are mostly near. */
#define ACCESS(name, body, need, size, ...)                                               \
    HANDLER name(machine *m, const operation *op, uint64_t next)                          \
    {                                                                                     \
        place p = reach(m, address_of(m, op), size, need);                                \
        return LIKELY(p.host) ? body(m, op, next, &p, ##__VA_ARGS__) : NOT_DONE;          \
    }                                                                                     \
    HANDLER name##_near(machine *m, const operation *op, uint64_t next)                   \
    {                                                                                     \
        place p = reach_near(m, address_of(m, op), size, need);                           \
        return LIKELY(p.host) ? body(m, op, next, &p, ##__VA_ARGS__) : name(m, op, next); \
    }

/* By nearness and size */
#define ACCESS_SIZED(name, need)                        \
    ACCESS(name##_8, name, need, 8)                     \
    ACCESS(name##_4, name, need, 4)                     \
    ACCESS(name##_1, name, need, 1)                     \
    ACCESS(name##_any, name, need, op->size)            \
    static const operation_run name##_by_size[2][4] = { \
        {name##_8, name##_4, name##_1, name##_any}, {name##_8_near, name##_4_near, name##_1_near, name##_any_near}};
ACCESS_SIZED(load_register, PAGE_R)
ACCESS_SIZED(store_register, PAGE_W)
ACCESS_SIZED(store_immediate, PAGE_W)

#define CONDITION(n) \
    HANDLER branch_##n(machine *m, const operation *op, uint64_t next) { return branch(m, op, next, n); }
CONDITION(0)
CONDITION(1)
CONDITION(2)
CONDITION(3)
CONDITION(4)
CONDITION(5)
CONDITION(6)
CONDITION(7)
CONDITION(8)
CONDITION(9)
CONDITION(10)
CONDITION(11)
CONDITION(12)
CONDITION(13)
CONDITION(14)
CONDITION(15)
static const operation_run branches[] = {branch_0,  branch_1,  branch_2,  branch_3, branch_4,  branch_5,
                                         branch_6,  branch_7,  branch_8,  branch_9, branch_10, branch_11,
                                         branch_12, branch_13, branch_14, branch_15};

/* By operation and size: of 8, 4 and 1 bytes, the others in one. */
#define ALU_SIZED(name, what)                                                                                        \
    HANDLER name##_##what##_8(machine *m, const operation *op, uint64_t next) { return name(m, op, next, what, 8); } \
    HANDLER name##_##what##_4(machine *m, const operation *op, uint64_t next) { return name(m, op, next, what, 4); } \
    HANDLER name##_##what##_1(machine *m, const operation *op, uint64_t next) { return name(m, op, next, what, 1); }
#define ALU_PAIR(name, what)                                                \
    {                                                                       \
        name##_##what##_8, name##_##what##_4, name##_##what##_1, name##_any \
    }
#define ALU_ALL(name)                                                              \
    HANDLER name##_any(machine *m, const operation *op, uint64_t next)             \
    {                                                                              \
        return name(m, op, next, op->what, op->size);                              \
    }                                                                              \
    ALU_SIZED(name, ALU_ADD)                                                       \
    ALU_SIZED(name, ALU_OR)                                                        \
    ALU_SIZED(name, ALU_ADC)                                                       \
    ALU_SIZED(name, ALU_SBB)                                                       \
    ALU_SIZED(name, ALU_AND)                                                       \
    ALU_SIZED(name, ALU_SUB)                                                       \
    ALU_SIZED(name, ALU_XOR)                                                       \
    ALU_SIZED(name, ALU_CMP)                                                       \
    ALU_SIZED(name, ALU_TEST)                                                      \
    static const operation_run name##_by_what[][4] = {                             \
        ALU_PAIR(name, ALU_ADD), ALU_PAIR(name, ALU_OR),  ALU_PAIR(name, ALU_ADC), \
        ALU_PAIR(name, ALU_SBB), ALU_PAIR(name, ALU_AND), ALU_PAIR(name, ALU_SUB), \
        ALU_PAIR(name, ALU_XOR), ALU_PAIR(name, ALU_CMP), ALU_PAIR(name, ALU_TEST)};
ALU_ALL(alu_registers)
ALU_ALL(alu_immediate)

/* The same by nearness too; `need`, of those that change memory, and of compare and test. */
#define ALU_ACCESS(name, what, need)               \
    ACCESS(name##_##what##_8, name, need, 8, what) \
    ACCESS(name##_##what##_4, name, need, 4, what) \
    ACCESS(name##_##what##_1, name, need, 1, what)
#define ALU_NEAR_PAIR(name, what)                                                                   \
    {                                                                                               \
        {name##_##what##_8, name##_##what##_4, name##_##what##_1, name##_any},                      \
        {                                                                                           \
            name##_##what##_8_near, name##_##what##_4_near, name##_##what##_1_near, name##_any_near \
        }                                                                                           \
    }
#define ALU_ACCESS_ALL(name, need)                                                                \
    ACCESS(name##_any, name, keeps_result(op->what) ? PAGE_R : need, op->size, op->what)          \
    ALU_ACCESS(name, ALU_ADD, need)                                                               \
    ALU_ACCESS(name, ALU_OR, need)                                                                \
    ALU_ACCESS(name, ALU_ADC, need)                                                               \
    ALU_ACCESS(name, ALU_SBB, need)                                                               \
    ALU_ACCESS(name, ALU_AND, need)                                                               \
    ALU_ACCESS(name, ALU_SUB, need)                                                               \
    ALU_ACCESS(name, ALU_XOR, need)                                                               \
    ALU_ACCESS(name, ALU_CMP, PAGE_R)                                                             \
    ALU_ACCESS(name, ALU_TEST, PAGE_R)                                                            \
    static const operation_run name##_by_what[][2][4] = {                                         \
        ALU_NEAR_PAIR(name, ALU_ADD), ALU_NEAR_PAIR(name, ALU_OR),  ALU_NEAR_PAIR(name, ALU_ADC), \
        ALU_NEAR_PAIR(name, ALU_SBB), ALU_NEAR_PAIR(name, ALU_AND), ALU_NEAR_PAIR(name, ALU_SUB), \
        ALU_NEAR_PAIR(name, ALU_XOR), ALU_NEAR_PAIR(name, ALU_CMP), ALU_NEAR_PAIR(name, ALU_TEST)};
ALU_ACCESS_ALL(alu_load, PAGE_R)
ALU_ACCESS_ALL(alu_memory, PAGE_R | PAGE_W)
ALU_ACCESS_ALL(alu_memory_immediate, PAGE_R | PAGE_W)

operation_run OPERATION_HANDLER(const operation *op)
{
    enum { BP = 5 };
    uint32_t size = op->size == 8 ? 0 : op->size == 4 ? 1 : op->size == 1 ? 2 : 3;
    bool near = op->base == SP || (WORD == 4 && op->base == BP);
    switch ((operation_kind)op->kind) {
    case OP_ALONE:
    case OP_SPECIAL: return not_done;
    case OP_NOP: return nop;
    case OP_MOVE: return move_by_size[size];
    case OP_MOVE_IMMEDIATE: return move_immediate_by_size[size];
    case OP_LOAD: return load_register_by_size[near][size];
    case OP_STORE: return store_register_by_size[near][size];
    case OP_STORE_IMMEDIATE: return store_immediate_by_size[near][size];
    case OP_EXTEND: return extend;
    case OP_EXTEND_LOAD: return extend_load;
    case OP_LEA: return lea_by_size[size];
    case OP_PUSH: return push;
    case OP_PUSH_IMMEDIATE: return push_immediate;
    case OP_PUSH_MEMORY: return push_memory;
    case OP_POP: return pop;
    case OP_CALL: return call;
    case OP_CALL_REGISTER: return call_register;
    case OP_CALL_MEMORY: return call_memory;
    case OP_RETURN: return return_to;
    case OP_JUMP: return jump;
    case OP_JUMP_REGISTER: return jump_register;
    case OP_JUMP_MEMORY: return jump_memory;
    case OP_BRANCH: return branches[op->what];
    case OP_ALU: return alu_registers_by_what[op->what][size];
    case OP_ALU_IMMEDIATE: return alu_immediate_by_what[op->what][size];
    case OP_ALU_LOAD: return alu_load_by_what[op->what][near][size];
    case OP_ALU_MEMORY: return alu_memory_by_what[op->what][near][size];
    case OP_ALU_MEMORY_IMMEDIATE: return alu_memory_immediate_by_what[op->what][near][size];
    case OP_UNARY: return unary_register;
    case OP_UNARY_MEMORY: return unary_memory;
    case OP_SHIFT: return shift_register;
    case OP_SHIFT_MEMORY: return shift_memory;
    case OP_SHIFT_DOUBLE: return shift_double_register;
    case OP_MULTIPLY: return multiply_immediate;
    case OP_MULTIPLY_REGISTER: return multiply_registers;
    case OP_MULTIPLY_LOAD: return multiply_load;
    case OP_MULTIPLY_A: return multiply_a_register;
    case OP_MULTIPLY_A_MEMORY: return multiply_a_memory;
    case OP_DIVIDE: return divide_register;
    case OP_DIVIDE_MEMORY: return divide_memory;
    case OP_SET: return set;
    case OP_SET_MEMORY: return set_memory;
    case OP_CONDITIONAL: return conditional;
    case OP_CONDITIONAL_LOAD: return conditional_load;
    case OP_EXCHANGE_ADD: return exchange_add;
    case OP_COMPARE_EXCHANGE: return compare_exchange;
    case OP_COMPARE_EXCHANGE_TWO: return compare_exchange_two;
    case OP_EXCHANGE: return exchange;
    case OP_SWAP: return swap;
    case OP_SWAP_BYTES: return swap_bytes;
    case OP_SIGN_EXTEND_A: return sign_extend_a;
    case OP_SIGN_OF_A: return sign_of_a;
    case OP_BIT: return bit_register;
    case OP_BIT_MEMORY: return bit_memory;
    case OP_HYPERCALL: return call_machine;
    case OP_LEAVE: return leave;
    case OP_SET_FLAG: return set_flag;
    case OP_CLEAR_FLAG: return clear_flag;
    case OP_COMPLEMENT_CARRY: return complement_carry;
    case OP_PUSH_FLAGS: return push_flags;
    case OP_POP_FLAGS: return pop_flags;
    case OP_STRING_MOVE: return string_move;
    case OP_STRING_STORE: return string_store;
    case OP_VECTOR_LOAD: return handle_vector_load;
    case OP_VECTOR_STORE: return handle_vector_store;
    case OP_VECTOR_MOVE: return handle_vector_move;
    case OP_VECTOR_FROM: return handle_vector_from;
    case OP_VECTOR_TO: return handle_vector_to;
    case OP_VECTOR_LOGIC: return handle_vector_logic;
    case OP_VECTOR_LOAD_HIGH: return handle_vector_load_high;
    case OP_VECTOR_STORE_HIGH: return handle_vector_store_high;
    case OP_VECTOR_UNPACK: return handle_vector_unpack;
    case OP_VECTOR_SHUFFLE: return handle_vector_shuffle;
    }
    return not_done;
}
