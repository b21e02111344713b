/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbolizer.h - questions to an llvm-symbolizer that runs beside us. It reads DWARF and PDB; we do not. The child
 * gets no shell, no network (debuginfod stays off), and a limited time.
 */
#ifndef AIRLOCK_REPORT_SYMBOLIZER_H
#define AIRLOCK_REPORT_SYMBOLIZER_H

#include <stddef.h>
#include <stdint.h>

#include "image.h"

typedef struct symbolizer symbolizer;

typedef struct {
    const image *img; /* outlives the symbolizer, or its next rest */
    uint32_t rva;
} symbolizer_query;

/* What debug information says. Strings belong to the answer list. */
typedef struct {
    char *function; /* outermost: the one that has a frame; NULL = not known */
    char *file;     /* of the innermost inlined code of its directory; NULL = not known */
    uint32_t line;
    uint32_t start; /* RVA where the function starts; 0 = not known */
} symbolizer_answer;

typedef enum {
    SYMBOLIZER_OK,
    SYMBOLIZER_MISSING, /* llvm-symbolizer is not installed */
    SYMBOLIZER_TIMED_OUT,
    SYMBOLIZER_FAILED /* it ran, and gave no usable answer */
} symbolizer_status;

symbolizer *symbolizer_create(void); /* NULL = no memory */
void symbolizer_destroy(symbolizer *s);

/* Ends the program, if it runs, until the next question. */
void symbolizer_rest(symbolizer *s);

/*
 * Fills answers[0 .. count-1], zeroed where nothing is known; also on failure, with what was learned until then.
 * The program is $LLVM_SYMBOLIZER_PATH or the first llvm-symbolizer on the PATH. It is started by the first question, and
 * does not survive one that it fails to answer.
 */
symbolizer_status symbolizer_ask(symbolizer *s, const symbolizer_query *queries, size_t count,
                                 symbolizer_answer *answers);
void symbolizer_free(symbolizer_answer *answers, size_t count);

#endif
