/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hv.h - the guest's side of hypercall.h: one inline function per call. */
#ifndef AIRLOCK_NT_HV_H
#define AIRLOCK_NT_HV_H

#include "hypercall.h"

#if defined(__x86_64__)
static inline uint64_t HvCall4(uint32_t Number, uint64_t A, uint64_t B, uint64_t C, uint64_t D)
{
    uint64_t Result;
    register uint64_t R8 __asm__("r8") = C;
    register uint64_t R9 __asm__("r9") = D;
    __asm__ volatile("syscall" : "=a"(Result) : "a"((uint64_t)Number), "c"(A), "d"(B), "r"(R8), "r"(R9) : "memory");
    return Result;
}
static inline uint64_t HvCall2(uint32_t Number, uint64_t A, uint64_t B)
{
    uint64_t Result;
    __asm__ volatile("syscall" : "=a"(Result) : "a"((uint64_t)Number), "c"(A), "d"(B) : "memory");
    return Result;
}
static inline uint64_t HvCall1(uint32_t Number, uint64_t A)
{
    uint64_t Result;
    __asm__ volatile("syscall" : "=a"(Result) : "a"((uint64_t)Number), "c"(A) : "memory");
    return Result;
}
static inline uint64_t HvCall0(uint32_t Number)
{
    uint64_t Result;
    __asm__ volatile("syscall" : "=a"(Result) : "a"((uint64_t)Number) : "memory");
    return Result;
}
#define HV_CLOCK_PAGE HV_CLOCK_PAGE_X64
#elif defined(__i386__)
static inline uint64_t HvCall4(uint32_t Number, uint64_t A, uint64_t B, uint64_t C, uint64_t D)
{
    uint64_t Result;
    __asm__ volatile("syscall"
                     : "=A"(Result)
                     : "a"(Number), "c"((uint32_t)A), "d"((uint32_t)B), "b"((uint32_t)C), "S"((uint32_t)D)
                     : "memory");
    return Result;
}
static inline uint64_t HvCall2(uint32_t Number, uint64_t A, uint64_t B)
{
    uint64_t Result;
    __asm__ volatile("syscall" : "=A"(Result) : "a"(Number), "c"((uint32_t)A), "d"((uint32_t)B) : "memory");
    return Result;
}
static inline uint64_t HvCall1(uint32_t Number, uint64_t A)
{
    uint64_t Result;
    __asm__ volatile("syscall" : "=A"(Result) : "a"(Number), "c"((uint32_t)A) : "memory");
    return Result;
}
static inline uint64_t HvCall0(uint32_t Number)
{
    uint64_t Result;
    __asm__ volatile("syscall" : "=A"(Result) : "a"(Number) : "memory");
    return Result;
}
#define HV_CLOCK_PAGE HV_CLOCK_PAGE_X86
#else
#error "architecture without a hypercall instruction"
#endif

#define HvAddress(p) ((uint64_t)(uintptr_t)(p))

static inline void HvAtomicBegin(void) { HvCall0(HV_ATOMIC_BEGIN); }
static inline void HvAtomicEnd(void) { HvCall0(HV_ATOMIC_END); }
static inline uint32_t HvWait(struct hv_wait *Wait) { return (uint32_t)HvCall1(HV_WAIT, HvAddress(Wait)); }
static inline void HvYield(void) { HvCall0(HV_YIELD); }
static inline void *HvAlloc(uint64_t Size, uint32_t Kind) { return (void *)(uintptr_t)HvCall2(HV_ALLOC, Size, Kind); }
static inline uint32_t HvFree(void *Block) { return (uint32_t)HvCall1(HV_FREE, HvAddress(Block)); }
static inline uint32_t HvFaultInfo(uint64_t Address) { return (uint32_t)HvCall1(HV_FAULT_INFO, Address); }
static inline uint32_t HvImageLoad(struct hv_image *Image)
{
    return (uint32_t)HvCall1(HV_IMAGE_LOAD, HvAddress(Image));
}
static inline void HvImageUnload(void *Base) { HvCall1(HV_IMAGE_UNLOAD, HvAddress(Base)); }
static inline uint64_t HvClock(void) { return HvCall0(HV_CLOCK); }
static inline void HvClockWord(void *Word, uint64_t Base, uint64_t Divisor)
{
    HvCall4(HV_CLOCK_WORD, HvAddress(Word), Base, Divisor, Base >> 32);
}
static inline void HvClockJump(uint32_t Milliseconds) { HvCall1(HV_CLOCK_JUMP, Milliseconds); }
static inline uint32_t HvChoose(uint32_t Count) { return (uint32_t)HvCall1(HV_CHOOSE, Count); }
static inline void HvPrint(const char *Text, uint64_t Bytes) { HvCall2(HV_PRINT, HvAddress(Text), Bytes); }
static inline void HvLabel(uint32_t Thread, const char *Text, uint64_t Bytes)
{
    HvCall4(HV_LABEL, Thread, HvAddress(Text), Bytes, 0);
}
static inline void HvNote(const struct hv_note *Note) { HvCall1(HV_NOTE, HvAddress(Note)); }

/*
 * Block until *Word (of Size bytes) compares to Value, then be inside an atomic section: end it with HvAtomicEnd.
 * Object: what is waited for, for reports. Flags: enum hv_wait_flags.
 */
static inline void HvWaitWord(volatile void *Word, uint32_t Size, uint32_t Compare, uint64_t Value, uint32_t Flags,
                              const void *Object)
{
    struct hv_wait Wait;
    Wait.count = 1;
    Wait.flags = Flags;
    Wait.object = HvAddress(Object);
    Wait.condition[0].address = HvAddress(Word);
    Wait.condition[0].value = Value;
    Wait.condition[0].size = Size;
    Wait.condition[0].compare = Compare;
    HvWait(&Wait);
}

#endif
