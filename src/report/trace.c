/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "describe_parts.h"

#define MODULES_MOST 64u

typedef struct {
    uint64_t pc;
    uint32_t thread;
} traced;

struct report_trace {
    struct sha256_ctx hash;
    bool keep;
    traced *list;
    size_t count, capacity;
};

report_trace *report_trace_create(bool keep)
{
    report_trace *trace = calloc(1, sizeof *trace);
    if (trace) {
        trace->keep = keep;
        sha256_init(&trace->hash);
    }
    return trace;
}

void report_trace_destroy(report_trace *trace)
{
    if (trace) {
        free(trace->list);
        free(trace);
    }
}

static void put_number(uint8_t *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

void report_trace_add(void *context, uint32_t thread, uint64_t pc)
{
    report_trace *trace = context;
    uint8_t bytes[12];
    put_number(bytes, thread, 4);
    put_number(bytes + 4, pc, 8);
    sha256_update(&trace->hash, sizeof bytes, bytes);
    if (!trace->keep) {
        return;
    }
    if (trace->count == trace->capacity) {
        trace->capacity = trace->capacity ? trace->capacity * 2 : 4096;
        trace->list = realloc(trace->list, trace->capacity * sizeof *trace->list);
        if (!trace->list) {
            abort();
        }
    }
    trace->list[trace->count++] = (traced){pc, thread};
}

void report_trace_digest(report_trace *trace, char text[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&trace->hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
}

/* Printing ----------------------------------------------------------------------------------------------------------- */

/* Which module each address is in; asked for millions of addresses. */
typedef struct {
    machine_module list[MODULES_MOST];
    uint8_t *seen[MODULES_MOST]; /* bit by RVA: its name is asked for */
    size_t count, last;
} module_map;

static unwind_frame place_of(module_map *map, uint64_t pc, size_t *index)
{
    for (size_t i = 0; i < map->count; i++) {
        size_t k = (map->last + i) % map->count;
        const machine_module *module = &map->list[k];
        if (pc - module->base < module->size) {
            map->last = *index = k;
            return (unwind_frame){
                .pc = pc, .img = module->img, .base = module->base, .rva = (uint32_t)(pc - module->base)};
        }
    }
    return (unwind_frame){.pc = pc};
}

static void name_all(const report_trace *trace, module_map *map, describer *d)
{
    name_list names = {0};
    for (size_t i = 0; i < trace->count; i++) {
        size_t index;
        unwind_frame frame = place_of(map, trace->list[i].pc, &index);
        if (!frame.img) {
            continue;
        }
        if (!map->seen[index] && !(map->seen[index] = calloc(map->list[index].size / 8 + 1, 1))) {
            abort();
        }
        uint8_t *byte = &map->seen[index][frame.rva / 8], bit = (uint8_t)(1u << frame.rva % 8);
        if (!(*byte & bit)) {
            *byte |= bit;
            names_add(&names, &frame);
        }
    }
    names_resolve(d, &names);
}

static bool same_line(const symbol *a, const symbol *b)
{
    return a && b && a->line == b->line && a->function && b->function && !strcmp(a->function, b->function) &&
           !strcmp(a->module, b->module);
}

static void print_line(FILE *out, const traced *first, size_t count, const symbol *name)
{
    fprintf(out, "%4" PRIu32 " %7zu  ", first->thread, count);
    if (!name) {
        fprintf(out, "0x%0*" PRIx64 "\n", first->pc >> 32 ? 16 : 8, first->pc);
    } else if (name->file) {
        fprintf(out, "%s [%s @ %" PRIu32 "]\n", name->text, name->file, name->line);
    } else {
        fprintf(out, "%s\n", name->text);
    }
}

static void print_header(FILE *out, describer *d, const report_trace *trace)
{
    bool known[MACHINE_THREADS] = {false};
    for (size_t i = 0; i < trace->count; i++) {
        known[trace->list[i].thread % MACHINE_THREADS] = true;
    }
    for (uint32_t i = 1; i < MACHINE_THREADS; i++) {
        machine_thread info;
        if (known[i] && machine_thread_info(lab_machine(d->l), i, &info) == MACHINE_OK && info.label && *info.label) {
            fprintf(out, "thread %" PRIu32 ": %s\n", i, info.label);
        }
    }
    fputs("thread, instructions, place\n", out);
}

void report_trace_print(FILE *out, const report_trace *trace, describer *d)
{
    module_map map = {0};
    size_t index, begin = 0;
    map.count = machine_modules(lab_machine(d->l), map.list, MODULES_MOST);
    map.count = map.count < MODULES_MOST ? map.count : MODULES_MOST;
    name_all(trace, &map, d);
    print_header(out, d, trace);
    const symbol *before = NULL;
    for (size_t i = 0; i < trace->count; i++) {
        unwind_frame frame = place_of(&map, trace->list[i].pc, &index);
        const symbol *name = name_of(d, &frame);
        if (i > begin && (trace->list[i].thread != trace->list[begin].thread || !same_line(name, before))) {
            print_line(out, &trace->list[begin], i - begin, before);
            begin = i;
        }
        before = i == begin ? name : before;
    }
    if (trace->count > begin) {
        print_line(out, &trace->list[begin], trace->count - begin, before);
    }
    for (size_t i = 0; i < map.count; i++) {
        free(map.seen[i]);
    }
}
