/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs.h - random programs for a processor: most of what compilers write, and what they seldom do. */
#ifndef AIRLOCK_TESTS_MACHINE_PROGRAMS_H
#define AIRLOCK_TESTS_MACHINE_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROGRAM_VECTORS = 4 };

typedef struct {
    bool wide;                  /* 64 bits */
    uint64_t code, data, block; /* where the program, what DI points to, and the processor block lie */
    uint64_t twice;             /* 32 bits: a page that is there, as is the one so far behind the block */
    uint8_t bytes[4096];
    size_t size;
} program;

/* The same one for the same seed; it ends at an instruction that is undefined, if it faults at none before. */
void program_write(program *p, uint64_t seed, unsigned instructions);

/*
 * One that creates a thread. From the offset that is returned on, where the new thread begins, both change words of their
 * own processor blocks, by instructions that interpret.c knows and by others.
 */
enum { PROGRAM_CREATION = 6 }; /* instructions before */
size_t program_write_threads(program *p, uint64_t stack, uint64_t block);

#endif
