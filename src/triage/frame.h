/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - one row of a stack, in every form of k, kb, kn, kv, kf, kP, kc, STACK_TEXT and !stacks:
 *
 *     [number] [memory] [Child-SP|ChildEBP] [RetAddr] [: arguments :] module!Function+0x12 [(FPO: ...)] [file @ line]
 */
#ifndef AIRLOCK_TRIAGE_FRAME_H
#define AIRLOCK_TRIAGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *at;
    size_t length;
} frame_text;

typedef struct {
    uint64_t sp, ret, offset, trap, raw;
    frame_text module, function, source;
    uint32_t source_line;
    unsigned addresses; /* 0: a bare symbol; 1: RetAddr; 2: both */
    bool wide;          /* addresses of x64 */
    bool is_first;      /* its number is 00 */
    bool has_symbol;    /* module at least */
    bool has_raw;       /* an address stands for the symbol */
    bool has_offset;
    bool unloaded;
    bool inlined;
    bool plain_arguments; /* of x86: nothing sets them apart from the columns before them */
    bool open;            /* ends inside arguments, brackets or parentheses: more is to come on the next line */
} frame_row;

/* Is `line` such a row? The texts point into it. */
bool frame_parse(const char *line, frame_row *row);

/* A symbol, "nt!KeBugCheckEx+0x1e", "isolate+0x4f21", "<Unloaded_isolate.sys>+0x1724", at the beginning of `at`. */
bool frame_symbol(const char **at, frame_row *row);

#endif
