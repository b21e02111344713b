/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operation.h - a decoded instruction, as interpret.c executes it; decode.c makes them. */
#ifndef AIRLOCK_MACHINE_OPERATION_H
#define AIRLOCK_MACHINE_OPERATION_H

#include <stdint.h>

typedef enum {
    OP_ALONE,   /* Unicorn's */
    OP_SPECIAL, /* special.c's, if it wants it */
    OP_NOP,
    OP_MOVE,
    OP_MOVE_IMMEDIATE,
    OP_LOAD,
    OP_STORE,
    OP_STORE_IMMEDIATE,
    OP_EXTEND,
    OP_EXTEND_LOAD,
    OP_LEA,
    OP_PUSH,
    OP_PUSH_IMMEDIATE,
    OP_PUSH_MEMORY,
    OP_POP,
    OP_CALL,
    OP_CALL_REGISTER,
    OP_CALL_MEMORY,
    OP_RETURN,
    OP_JUMP,
    OP_JUMP_REGISTER,
    OP_JUMP_MEMORY,
    OP_BRANCH,
    OP_ALU,           /* register, register */
    OP_ALU_IMMEDIATE, /* register, immediate */
    OP_ALU_LOAD,      /* register, memory */
    OP_ALU_MEMORY,    /* memory, register */
    OP_ALU_MEMORY_IMMEDIATE,
    OP_UNARY,
    OP_UNARY_MEMORY,
    OP_SHIFT,
    OP_SHIFT_MEMORY,
    OP_SHIFT_DOUBLE, /* shld, shrd */
    OP_MULTIPLY,     /* to = from * immediate */
    OP_MULTIPLY_REGISTER,
    OP_MULTIPLY_LOAD,
    OP_MULTIPLY_A, /* into D:A */
    OP_MULTIPLY_A_MEMORY,
    OP_DIVIDE,
    OP_DIVIDE_MEMORY,
    OP_SET,
    OP_SET_MEMORY,
    OP_CONDITIONAL,
    OP_CONDITIONAL_LOAD,
    OP_EXCHANGE_ADD,
    OP_COMPARE_EXCHANGE,
    OP_COMPARE_EXCHANGE_TWO, /* cmpxchg8b */
    OP_EXCHANGE,
    OP_SWAP, /* xchg of two registers */
    OP_SWAP_BYTES,
    OP_SIGN_EXTEND_A,
    OP_SIGN_OF_A,
    OP_BIT,
    OP_BIT_MEMORY,
    OP_HYPERCALL,
    OP_LEAVE,
    OP_SET_FLAG,
    OP_CLEAR_FLAG,
    OP_COMPLEMENT_CARRY,
    OP_PUSH_FLAGS,
    OP_POP_FLAGS,
    OP_STRING_MOVE,
    OP_STRING_STORE,
    OP_VECTOR_LOAD,
    OP_VECTOR_STORE,
    OP_VECTOR_MOVE,
    OP_VECTOR_FROM,
    OP_VECTOR_TO,
    OP_VECTOR_LOGIC,
    OP_VECTOR_LOAD_HIGH,
    OP_VECTOR_STORE_HIGH,
    OP_VECTOR_UNPACK,
    OP_VECTOR_SHUFFLE
} operation_kind;

/* `what` of ALU, UNARY, SHIFT (and SHIFT_DOUBLE), BIT, VECTOR_LOGIC, VECTOR_UNPACK (bytes of an element), VECTOR_SHUFFLE. */
enum { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP, ALU_TEST };
enum { UNARY_INC, UNARY_DEC, UNARY_NEG, UNARY_NOT };
enum { SHIFT_LEFT, SHIFT_RIGHT, SHIFT_ARITHMETIC, ROTATE_LEFT, ROTATE_RIGHT };
enum { BIT_TEST, BIT_SET, BIT_RESET, BIT_COMPLEMENT };
enum { LOGIC_XOR, LOGIC_AND, LOGIC_OR };
enum { SHUFFLE_DWORDS, SHUFFLE_LOW_WORDS };

/* Of memory operands, behind the general registers: 0, and where the processor block lies. */
enum { NO_REGISTER = 16, BLOCK_REGISTER, ADDRESS_REGISTERS };

/* Where the operands `to` and `from` lie: in bytes, in the machine's registers. AH is at 1. */
enum { REGISTER_BYTES = 8 };

struct machine;
struct operation;
/* Executes it; `next`: the address behind. Returns where to go on; NOT_DONE: nothing was done, it is for Unicorn. */
typedef uint64_t (*operation_run)(struct machine *m, const struct operation *op, uint64_t next);
#define NOT_DONE UINT64_MAX

typedef struct operation {
    operation_run run;
    uint8_t kind;
    uint8_t size;               /* bytes of the operands */
    uint8_t length;             /* of the instruction */
    uint8_t what;               /* see above; the condition; the bytes that are extended */
    uint8_t to, from;           /* see REGISTER_BYTES; of vectors the numbers */
    uint8_t base, index, scale; /* of the memory operand: numbers; scale: a shift */
    uint8_t sign;               /* extends the sign; is signed */
    uint8_t by_register;        /* SHIFT: by CL */
    uint8_t repeats;            /* a string instruction: as often as CX says */
    uint64_t at;                /* its address */
    uint64_t displacement;
    uint64_t immediate; /* also the target of a branch; a flag */
} operation;

/* Decodes the instruction at `bytes`, of which `size` can be read, as it stands at `address`, of a processor whose
 * addresses have `word` bytes. */
operation operation_decode(uint32_t word, const uint8_t *bytes, uint64_t size, uint64_t address);

/* What executes it, where addresses have 8 bytes, and 4. */
operation_run operation_handler_x64(const operation *op);
operation_run operation_handler_x86(const operation *op);

#endif
