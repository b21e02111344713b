/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * processor.h - the x64 processor block, to which GS points, and what every routine asks of it. Included by ntos.h. The
 * fields follow Windows' KPCR and KPRCB (`dt nt!_KPCR`).
 */
#ifndef AIRLOCK_NT_PROCESSOR_H
#define AIRLOCK_NT_PROCESSOR_H

#define NT_PCR_HEAD                              \
    union {                                      \
        struct {                                 \
            UCHAR Reserved0[0x18];               \
            struct _NT_PCR *Self;                \
            UCHAR Reserved1[0x30];               \
            KIRQL Irql; /* 0x50: HV_IRQL_HOME */ \
        };                                       \
        UCHAR Reserved2[0x188];                  \
    }
#define PCR_SELF           0x18
#define PCR_IRQL           0x50
#define PCR_CURRENT_THREAD 0x188

#define KiReadPcrPointer(Offset)     ((PVOID)__readgsqword(Offset))
#define KiReadPcrByte(Offset)        __readgsbyte(Offset)
#define KiWritePcrByte(Offset, Byte) __writegsbyte(Offset, Byte)

/* Boot only: the machine sets GS of every other thread. */
static inline VOID KiSetProcessorBlock(struct _NT_PCR *Pcr)
{
    ULONG64 Base = (ULONG64)(ULONG_PTR)Pcr;
    __asm__ volatile("wrmsr" : : "c"(0xC0000101), "a"((ULONG)Base), "d"((ULONG)(Base >> 32)));
}

/* What else a new block needs. */
#define KI_INITIALIZE_PCR(Pcr, StackHigh, StackLow) ((VOID)0)

/* Where addresses of user mode end, to ProbeForRead; where those of the system begin. Windows 7. */
#define MM_PROBE_LIMIT  0x000007FFFFFF0000ull
#define MM_SYSTEM_START 0xFFFF080000000000ull

#define KE_KERNEL_STACK_SIZE 0x6000 /* bytes; Windows x64: 24 KB */

/*
 * Public names for routines and variables that the DDK's headers define inline, or declare otherwise: put behind the
 * declaration. Bytes: of the arguments, for the decoration that x86 has.
 */
#define NT_DATA(Name)            __asm__(#Name)
#define NT_STDCALL(Name, Bytes)  __asm__(#Name)
#define NT_FASTCALL(Name, Bytes) __asm__(#Name)

#endif
