/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct block {
    struct block *next;
    alignas(max_align_t) unsigned char data[];
} block;

struct report_arena {
    block *blocks;
};

static void out_of_memory(void)
{
    fputs("airlock: no memory left for the report\n", stderr);
    abort();
}

report_arena *report_arena_create(void)
{
    report_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        out_of_memory();
    return arena;
}

void report_arena_destroy(report_arena *arena)
{
    if (!arena)
        return;
    while (arena->blocks) {
        block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    free(arena);
}

void *report_arena_alloc(report_arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - sizeof(block)) / size)
        out_of_memory();
    block *made = calloc(1, sizeof *made + count * size);
    if (!made)
        out_of_memory();
    made->next = arena->blocks;
    arena->blocks = made;
    return made->data;
}

char *report_arena_copy(report_arena *arena, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(report_arena_alloc(arena, size, 1), text, size);
}

char *report_arena_printf(report_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        out_of_memory();
    char *text = report_arena_alloc(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
