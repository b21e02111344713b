/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.c - device registers in memory, which other processors' headers read and write inline. The routines access
 * what they are given: where there is no device, that is memory. Source: Microsoft, the page of each routine. Any IRQL.
 */
#include "ntos.h"

#define READ_REGISTER(Name, Type)                                                                 \
    Type NTAPI KxReadRegister##Name(volatile Type *Register) NT_STDCALL(READ_REGISTER_##Name, 4); \
    Type NTAPI KxReadRegister##Name(volatile Type *Register) { return *Register; }                \
    VOID NTAPI KxReadRegisterBuffer##Name(volatile Type *Register, Type *Buffer, ULONG Count)     \
        NT_STDCALL(READ_REGISTER_BUFFER_##Name, 12);                                              \
    VOID NTAPI KxReadRegisterBuffer##Name(volatile Type *Register, Type *Buffer, ULONG Count)     \
    {                                                                                             \
        for (ULONG i = 0; i < Count; i++) {                                                       \
            Buffer[i] = Register[i];                                                              \
        }                                                                                         \
    }

#define WRITE_REGISTER(Name, Type)                                                                              \
    VOID NTAPI KxWriteRegister##Name(volatile Type *Register, Type Value) NT_STDCALL(WRITE_REGISTER_##Name, 8); \
    VOID NTAPI KxWriteRegister##Name(volatile Type *Register, Type Value) { *Register = Value; }                \
    VOID NTAPI KxWriteRegisterBuffer##Name(volatile Type *Register, const Type *Buffer, ULONG Count)            \
        NT_STDCALL(WRITE_REGISTER_BUFFER_##Name, 12);                                                           \
    VOID NTAPI KxWriteRegisterBuffer##Name(volatile Type *Register, const Type *Buffer, ULONG Count)            \
    {                                                                                                           \
        for (ULONG i = 0; i < Count; i++) {                                                                     \
            Register[i] = Buffer[i];                                                                            \
        }                                                                                                       \
    }

READ_REGISTER(UCHAR, UCHAR)
READ_REGISTER(USHORT, USHORT)
READ_REGISTER(ULONG, ULONG)
WRITE_REGISTER(UCHAR, UCHAR)
WRITE_REGISTER(USHORT, USHORT)
WRITE_REGISTER(ULONG, ULONG)
