/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_word.c - a word of guest memory by name: the variable, or what it lies in; and what it holds. */
#include "describe_parts.h"

#include <inttypes.h>
#include <string.h>

#include "objects.h"

typedef struct {
    const char *structure, *field;
    uint16_t x86, x64;
} object_field;

#define AS_FIELD(structure, field, x86, x64) {#structure, #field, x86, x64},
static const object_field driver_fields[] = {LAYOUT_DRIVER_OBJECT(AS_FIELD)};
static const object_field device_fields[] = {LAYOUT_DEVICE_OBJECT(AS_FIELD)};
#undef AS_FIELD
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const char *plus(describer *d, const char *name, uint64_t offset)
{
    return offset ? report_arena_printf(d->arena, "%s+0x%" PRIx64, name, offset) : name;
}

static const char *field_text(describer *d, const object_field *fields, size_t count, uint64_t offset)
{
    bool wide = lab_is_wide(d->l);
    size_t i = count;
    while (i > 1 && (wide ? fields[i - 1].x64 : fields[i - 1].x86) > offset) {
        i--;
    }
    const object_field *f = &fields[i - 1];
    const char *name = report_arena_printf(d->arena, "%s.%s", f->structure, f->field);
    return plus(d, name, offset - (wide ? f->x64 : f->x86));
}

static const char *object_text(describer *d, const lab_ground *g, uint64_t address)
{
    uint64_t offset = address - g->body;
    if (!strcmp(g->type, "Driver")) {
        return field_text(d, driver_fields, COUNT(driver_fields), offset);
    }
    if (!strcmp(g->type, "Device")) {
        return field_text(d, device_fields, COUNT(device_fields), offset);
    }
    return report_arena_printf(d->arena, "offset 0x%" PRIx64 " of a %s object", offset, g->type);
}

/* The function that called the system's allocation routines. */
static const unwind_frame *allocating(const describer *d, const lab_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        const char *name = lab_function(&stack->frames[i]);
        bool routine = !strncmp(name, "Ex", 2) || !strncmp(name, "Hv", 2) || !strcmp(name, "ObAllocateObject");
        if (!routine || lab_in_driver(d->l, &stack->frames[i])) {
            return &stack->frames[i];
        }
    }
    return NULL;
}

static const char *allocator_text(describer *d, const lab_ground *g)
{
    const unwind_frame *frame = allocating(d, &g->allocated);
    return frame ? name_function(d, frame) : NULL;
}

static const char *block_text(describer *d, const lab_ground *g, uint64_t address)
{
    const char *by = allocator_text(d, g);
    const char *text = report_arena_printf(d->arena, "a pool block of 0x%" PRIx64 " bytes%s%s", g->size,
                                           by ? " that was allocated by " : "", by ? by : "");
    uint64_t offset = address - g->start;
    return offset ? report_arena_printf(d->arena, "%s, at offset 0x%" PRIx64, text, offset) : text;
}

const char *describe_word(describer *d, uint64_t address, const lab_ground *g)
{
    const char *name = name_data(d, address);
    if (name) {
        return name;
    }
    if (g->body && address >= g->body) {
        return object_text(d, g, address);
    }
    if (g->body) {
        return report_arena_printf(d->arena, "the header of a %s object", g->type);
    }
    if (g->size) {
        return block_text(d, g, address);
    }
    if (g->stack_of) {
        return report_arena_printf(d->arena, "a word on the stack of %s", describe_who(d, g->stack_of, LAB_ROLE_OTHER));
    }
    return report_arena_printf(d->arena, "the word at %s", name_address(d, address));
}

const char *describe_target(describer *d, const lab_ground *g)
{
    const char *by = g->body || !g->size ? NULL : allocator_text(d, g);
    if (g->body) {
        return report_arena_printf(d->arena, "a %s object", g->type);
    }
    return by ? report_arena_printf(d->arena, "pool that was allocated by %s", by) : g->size ? "pool" : NULL;
}

/* New pool is filled with one byte: machine/tunables.h. */
static bool is_poison(uint64_t value, uint32_t size)
{
    return size >= 4 && !memcmp(&value, "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd", size);
}

bool describe_is_pointer(const describer *d, uint64_t value, uint32_t size)
{
    return size == (lab_is_wide(d->l) ? 8 : 4) && !lab_is_user_address(d->l, value) && !is_poison(value, size);
}

const char *describe_value(describer *d, uint64_t value, uint32_t size, bool of_pointers)
{
    bool pointer = describe_is_pointer(d, value, size);
    unwind_frame at = capture_frame_of(d->l, value);
    if (is_poison(value, size)) {
        return "new pool's poison";
    }
    if (value == 0 && of_pointers) {
        return "NULL";
    }
    if (pointer && at.img) {
        const char *data = name_data(d, value), *code = name_function(d, &at);
        return strchr(data, '!') || !code ? data : name_text(d, &at);
    }
    if (pointer) {
        return name_address(d, value);
    }
    return report_arena_printf(d->arena, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}
