/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * processor.h - the x86 processor block, to which FS points, and what every routine asks of it. Included by ntos.h. The
 * fields follow Windows' KPCR and KPRCB (`dt nt!_KPCR`).
 */
#ifndef AIRLOCK_NT_PROCESSOR_H
#define AIRLOCK_NT_PROCESSOR_H

#define NT_PCR_HEAD                                                                             \
    union {                                                                                     \
        struct {                                                                                \
            PVOID ExceptionList; /* 0x00: the innermost exception registration of the thread */ \
            PVOID StackBase;     /* high end */                                                 \
            PVOID StackLimit;    /* low end */                                                  \
            UCHAR Reserved0[0xc];                                                               \
            PVOID Self; /* 0x18: as an NT_TIB */                                                \
            PVOID SelfPcr;                                                                      \
            PVOID Prcb; /* 0x20: behind it, at 0x120 */                                         \
            KIRQL Irql; /* 0x24: HV_IRQL_HOME */                                                \
        };                                                                                      \
        UCHAR Reserved1[0x124];                                                                 \
    }
#define PCR_SELF           0x18
#define PCR_IRQL           0x24
#define PCR_PRCB           0x120
#define PCR_CURRENT_THREAD 0x124

#define KiReadPcrPointer(Offset)     ((PVOID)__readfsdword(Offset))
#define KiWritePcrPointer(Offset, P) __writefsdword(Offset, (ULONG)(P))
#define KiReadPcrByte(Offset)        __readfsbyte(Offset)
#define KiWritePcrByte(Offset, Byte) __writefsbyte(Offset, Byte)

/* Boot only: the machine sets FS of every other thread. */
static inline VOID KiSetProcessorBlock(struct _NT_PCR *Pcr) { HvCall1(HV_PROCESSOR_BLOCK, HvAddress(Pcr)); }

/* What else a new block needs. */
#define KI_INITIALIZE_PCR(Pcr, StackHigh, StackLow)                                                              \
    ((Pcr)->ExceptionList = EXCEPTION_CHAIN_END, (Pcr)->StackBase = (StackHigh), (Pcr)->StackLimit = (StackLow), \
     (Pcr)->SelfPcr = (Pcr), (Pcr)->Prcb = (PUCHAR)(Pcr) + PCR_PRCB)
#define EXCEPTION_CHAIN_END ((PVOID)-1)

/* Where addresses of user mode end, to ProbeForRead; where those of the system begin. Without /3GB. */
#define MM_PROBE_LIMIT  0x7FFF0000u
#define MM_SYSTEM_START 0x80000000u

#define KE_KERNEL_STACK_SIZE 0x3000 /* bytes; Windows x86: 12 KB */

/*
 * Public names for routines and variables that the DDK's headers define inline, or declare otherwise: put behind the
 * declaration. Bytes: of the arguments.
 */
#define NT_DATA(Name)            __asm__("_" #Name)
#define NT_STDCALL(Name, Bytes)  __asm__("_" #Name "@" #Bytes)
#define NT_FASTCALL(Name, Bytes) __asm__("@" #Name "@" #Bytes)

#endif
