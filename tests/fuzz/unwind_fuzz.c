/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_fuzz.c - a stack walk over hostile unwind data, code and stack. The input's first byte chooses the processor;
 * then come registers and stack; the rest fills .text and .rdata of the sample file, where the function table is.
 */
#include "unwind.h"
#include "../unit/image/sample_pe.h"

#include <stdlib.h>
#include <string.h>

enum { STACK_WORDS = 64, FRAMES_MAX = 48, TABLE = 0x2000, TABLE_SIZE = 12 * 8 };
#define STACK_BASE (wide ? 0xfffff88000010000u : 0xf9010000u)
#define IMAGE_BASE (wide ? 0xfffff88000100000u : 0xf7a30000u)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool wide;

typedef struct {
    image *img;
    uint64_t stack[STACK_WORDS];
} world;

static size_t read_stack(void *context, uint64_t address, void *buffer, size_t size)
{
    const world *w = context;
    uint64_t offset = address - STACK_BASE;
    if (offset > sizeof w->stack || sizeof w->stack - offset < size)
        return 0;
    memcpy(buffer, (const uint8_t *)w->stack + offset, size);
    return size;
}

static bool find_module(void *context, uint64_t address, unwind_module *module)
{
    const world *w = context;
    *module = (unwind_module){w->img, IMAGE_BASE};
    return address - IMAGE_BASE < image_size(w->img);
}

/* Words that point nowhere would end every walk at once: half of them are bent into the image or the stack. */
static uint64_t bend(uint64_t word)
{
    switch (word & 3) {
    case 0: return IMAGE_BASE + 0x1000 + (word >> 8) % 0x200;
    case 1: return STACK_BASE + (word >> 8) % (STACK_WORDS * 8);
    default: return word;
    }
}

static bool make_world(world *w, const uint8_t *data, size_t size)
{
    static uint8_t file[SAMPLE_SIZE];
    sample_pe(file, wide);
    memset(file + SAMPLE_RDATA, 0, 0x400);
    sample_set_directory(file, wide, 0, 0, 0);
    sample_set_directory(file, wide, 1, 0, 0);
    sample_set_directory(file, wide, 3, TABLE, TABLE_SIZE);
    for (size_t i = 0; i < STACK_WORDS && size >= 8; i++, data += 8, size -= 8) {
        memcpy(&w->stack[i], data, 8);
        w->stack[i] = wide ? bend(w->stack[i]) : bend(w->stack[i]) << 32 | (uint32_t)bend(w->stack[i] >> 32);
    }
    memcpy(file + SAMPLE_TEXT, data, size < 0x600 ? size : 0x600);
    return image_open("fuzz.sys", file, sizeof file, &w->img) == IMAGE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    world w = {0};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    wide = size && (*data & 1);
    if (!size || !make_world(&w, data + 1, size - 1))
        return 0;
    unwind_source source = {wide ? MACHINE_X64 : MACHINE_X86, read_stack, find_module, &w};
    for (uint64_t rva = 0x1000; rva < 0x1200; rva += 7) {
        machine_registers start = {.rip = IMAGE_BASE + rva, .rsp = STACK_BASE, .rbp = w.stack[0], .rbx = w.stack[1]};
        unwind_walk(&source, &start, frames, FRAMES_MAX, &count);
        if (count == 0 || count > FRAMES_MAX)
            abort();
        for (size_t i = 1; i < count; i++) {
            if (frames[i - 1].trap_frame == 0 && frames[i].child_sp <= frames[i - 1].child_sp)
                abort();
        }
    }
    image_close(w.img);
    return 0;
}
