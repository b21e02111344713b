/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tunables.h - every number of the machine that is a decision, not a fact. */
#ifndef AIRLOCK_MACHINE_TUNABLES_H
#define AIRLOCK_MACHINE_TUNABLES_H

/* Guest addresses as Windows 7 x64 shows them. Windows are contiguous host reservations. */
#define X64_WINDOW_SHIFT  39u                   /* which bits of an address tell windows apart: 8 from there on */
#define X64_CLOCK_PAGE    0xfffff78000000000ull /* one page that the system fills and every driver may read */
#define X64_SYSTEM_BASE   0xfffff80002a00000ull /* the system image and hal */
#define X64_SYSTEM_SIZE   (32ull << 20)
#define X64_SYSTEM_FIRST  (X64_SYSTEM_BASE + 0x5c000)
#define X64_DRIVER_BASE   0xfffff88000000000ull /* drivers and stacks */
#define X64_DRIVER_SIZE   (512ull << 20)
#define X64_TRUSTED_FIRST (X64_DRIVER_BASE + 0x010f0000)
#define X64_STACK_FIRST   (X64_DRIVER_BASE + 0x03000000)
#define X64_IMAGE_FIRST   (X64_DRIVER_BASE + 0x07900000)
#define X64_IMAGE_SLOT    (16ull << 20)         /* one image's generations lie in one slot, if they fit */
#define X64_POOL_BASE     0xfffffa8001800000ull /* pool, one arena a thread, then one for all */
#define X64_ARENA_SIZE    (8ull << 20)
#define X64_ARENA_SYSTEM  (1ull << 20) /* of an arena, for HV_SYSTEM */

/* And as Windows XP shows them, in 32 bits. */
#define X86_WINDOW_SHIFT  24u
#define X86_CLOCK_PAGE    0xffdf0000ull
#define X86_SYSTEM_BASE   0x80000000ull
#define X86_SYSTEM_SIZE   (16ull << 20)
#define X86_DESCRIPTORS   0x8003f000ull /* the processor's segments: one page */
#define X86_SYSTEM_FIRST  0x804d7000ull
#define X86_LIBRARY_FIRST 0x806d0000ull /* hal, if the system image ends below */
#define X86_POOL_BASE     0x81000000ull
#define X86_ARENA_SIZE    (3ull << 20)
#define X86_ARENA_SYSTEM  (1ull << 20)
#define X86_DRIVER_BASE   0xef000000ull
#define X86_DRIVER_SIZE   (192ull << 20)
#define X86_IMAGE_FIRST   0xf7a30000ull /* the first; further ones below it */
#define X86_IMAGE_SLOT    (4ull << 20)
#define X86_TRUSTED_FIRST 0xf8340000ull
#define X86_STACK_FIRST   0xf9000000ull

#define STACK_SLOT   0x10000ull     /* a thread's stack lies in one slot, guard pages around it */
#define COMMON_ARENA (128ull << 20) /* when a thread's own is used up */

#define IMAGE_OBJECT        1ull  /* object number of "image 0 is mapped" in footprints */
#define LARGE_IMAGE_LOADS   2u    /* of one execution that a slot made for a large image has room for */
#define MAX_MODULES         32u   /* in the store */
#define MAX_LOADED          64u   /* loaded and unloaded records of one execution */
#define ACCESS_SLOTS        4096u /* a power of 2; steps with more accesses find them more slowly */
#define KNOWN_PAGES         64u   /* a power of 2; of code, found again without being looked at */
#define CLOCK_WORDS         4u
#define MAX_NOTES           256u
#define WAIT_CONDITIONS     64u /* of one wait */
#define CHILDREN_PER_THREAD 20u /* before children get numbers in order of creation */
#define FIRST_CHILD_THREAD  21u /* boot threads are numbered below this */

/* An execution that takes more instructions than this loops (a load and unload takes about ten thousand). */
#define DEFAULT_BUDGET    3000000ull
/* A halt takes as long as this many instructions: whoever halts for ever loops. */
#define HALT_INSTRUCTIONS 1000u
/* Words that one execution may write before it counts as a loop: fxsave alone writes 64 with one instruction. */
#define JOURNAL_MOST      (8u << 20)
/* A thread that reads the same word at the same place this often in a row, writing nothing, spins on it. */
#define SPIN_READS        16u
/* Timed waits of a thread that end by timeout, nobody else having written anything: it polls in vain. */
#define FRUITLESS_POLLS   2000u
/* Timeouts that each thread gets before a wait for "nothing else can run" ends. */
#define LAST_EXPIRIES     2u

#define POISON_ALLOCATED 0xcd /* contents of new pool */

#endif
