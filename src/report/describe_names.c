/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_names.c - guest places and addresses by name. */
#include "describe_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "variable.h"

void names_add(name_list *list, const unwind_frame *frame)
{
    if (!frame->img) {
        return;
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 256;
        list->places = realloc(list->places, capacity * sizeof *list->places);
        if (!list->places) {
            abort();
        }
        list->capacity = capacity;
    }
    list->places[list->count++] = (symbol_place){frame->img, frame->rva, frame->call};
}

void names_add_stack(name_list *list, const lab_stack *stack)
{
    for (size_t i = 0; stack && i < stack->count; i++) {
        names_add(list, &stack->frames[i]);
    }
}

static void names_add_pc(name_list *list, lab *l, uint64_t pc)
{
    unwind_frame frame = capture_frame_of(l, pc);
    names_add(list, &frame);
}

static void add_rows(name_list *list, const capture *c)
{
    for (size_t i = 0; i < c->row_count; i++) {
        names_add(list, &c->rows[i].place);
        names_add(list, &c->rows[i].above);
        for (size_t k = 0; k < c->rows[i].call_count; k++) {
            names_add(list, &c->rows[i].calls[k].function);
        }
    }
}

void names_add_capture(name_list *list, lab *l, const capture *c)
{
    add_rows(list, c);
    for (size_t i = 0; i < c->thread_count; i++) {
        names_add_stack(list, c->threads[i].stack);
        names_add_pc(list, l, c->threads[i].start);
    }
    for (size_t i = 0; i < c->note_count; i++) {
        for (size_t k = 0; k < 4; k++) {
            names_add_pc(list, l, c->notes[i].value[k]);
        }
    }
    for (size_t i = 0; i < c->loop_count; i++) {
        names_add_pc(list, l, c->loop[i]);
    }
    names_add_pc(list, l, c->ending.pc);
    names_add_stack(list, c->freed);
}

void names_resolve(describer *d, name_list *list)
{
    symbols_resolve(d->names, list->places, list->count);
    free(list->places);
    memset(list, 0, sizeof *list);
}

const symbol *name_of(describer *d, const unwind_frame *frame)
{
    return frame->img ? symbols_at(d->names, (symbol_place){frame->img, frame->rva, frame->call}) : NULL;
}

const char *name_text(describer *d, const unwind_frame *frame)
{
    const symbol *name = name_of(d, frame);
    return name ? report_arena_copy(d->arena, name->text)
                : report_arena_printf(d->arena, "0x%0*" PRIx64, lab_is_wide(d->l) ? 16 : 8, frame->pc);
}

const char *name_function(describer *d, const unwind_frame *frame)
{
    const symbol *name = name_of(d, frame);
    return name && name->function ? report_arena_printf(d->arena, "%s!%s", name->module, name->function) : NULL;
}

const char *name_place(describer *d, uint64_t pc)
{
    unwind_frame frame = capture_frame_of(d->l, pc);
    char module[64];
    if (!frame.img) {
        return NULL;
    }
    symbols_module_name(frame.img, module, sizeof module);
    return report_arena_printf(d->arena, "%s+0x%" PRIx32, module, frame.rva);
}

const char *name_address(describer *d, uint64_t address)
{
    if (!lab_is_wide(d->l)) {
        return report_arena_printf(d->arena, "%08" PRIx64, address);
    }
    return report_arena_printf(d->arena, "%08" PRIx64 "`%08" PRIx64, address >> 32, address & 0xffffffffu);
}

const char *name_data(describer *d, uint64_t address)
{
    unwind_frame frame = capture_frame_of(d->l, address);
    char module[64], name[256];
    uint32_t offset;
    if (!frame.img) {
        return NULL;
    }
    symbols_module_name(frame.img, module, sizeof module);
    if (variable_name(frame.img, frame.rva, name, sizeof name)) {
        return report_arena_printf(d->arena, "%s!%s", module, name);
    }
    if (!data_symbol(frame.img, frame.rva, name, sizeof name, &offset)) {
        return report_arena_printf(d->arena, "%s+0x%" PRIx32, module, frame.rva);
    }
    return offset ? report_arena_printf(d->arena, "%s!%s+0x%" PRIx32, module, name, offset)
                  : report_arena_printf(d->arena, "%s!%s", module, name);
}

bool is_drivers(const describer *d, const unwind_frame *frame)
{
    return frame->img && frame->img == lab_scenario_of(d->l)->driver;
}

const unwind_frame *innermost_of_driver(const describer *d, const lab_stack *stack)
{
    for (size_t i = 0; stack && i < stack->count; i++) {
        if (is_drivers(d, &stack->frames[i])) {
            return &stack->frames[i];
        }
    }
    return NULL;
}

const unwind_frame *outermost_of_driver(const describer *d, const lab_stack *stack)
{
    for (size_t i = stack ? stack->count : 0; i > 0; i--) {
        if (is_drivers(d, &stack->frames[i - 1])) {
            return &stack->frames[i - 1];
        }
    }
    return NULL;
}
