/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stacks.h"

#include <string.h>

#include "lab_internal.h"

static size_t read_guest(void *context, uint64_t address, void *buffer, size_t size)
{
    return machine_read(((lab *)context)->m, address, buffer, size);
}

static bool find_module(void *context, uint64_t address, unwind_module *module)
{
    const machine_module *found = machine_module_at(((lab *)context)->m, address);
    if (found) {
        *module = (unwind_module){found->img, found->base};
    }
    return found != NULL;
}

void lab_walk(lab *l, uint32_t thread, lab_stack *stack)
{
    machine_registers registers;
    unwind_source source = {lab_is_wide(l) ? MACHINE_X64 : MACHINE_X86, read_guest, find_module, l};
    stack->count = 0;
    stack->end = UNWIND_UNREADABLE;
    if (machine_thread_registers(l->m, thread, &registers) == MACHINE_OK) {
        stack->end = unwind_walk(&source, &registers, stack->frames, LAB_FRAMES_MAX, &stack->count);
    }
}

const char *lab_function(const unwind_frame *frame)
{
    const image_symbol *symbols;
    uint32_t rva = frame->rva - (frame->call && frame->rva ? 1 : 0);
    size_t upto = frame->img && image_symbols(frame->img, &symbols) ? image_symbol_index(frame->img, rva + 1ull) : 0;
    /* Functions come before labels of the same address. */
    return upto ? symbols[image_symbol_index(frame->img, symbols[upto - 1].rva)].name : "";
}

bool lab_in_driver(const lab *l, const unwind_frame *frame)
{
    const machine_module *module = frame->img ? machine_module_at(l->m, frame->base) : NULL;
    return module && !module->trusted;
}

size_t lab_driver_frame(const lab *l, const lab_stack *stack)
{
    size_t i = 0;
    while (i < stack->count && !lab_in_driver(l, &stack->frames[i])) {
        i++;
    }
    return i;
}

lab_role lab_stack_role(const lab_stack *stack)
{
    static const struct {
        const char *function;
        lab_role role;
    } known[] = {{"IopLoadDriver", LAB_ROLE_LOAD},
                 {"FltpDoUnloadFilter", LAB_ROLE_UNLOAD},
                 {"IopUnloadDriver", LAB_ROLE_UNLOAD},
                 {"IopLoadUnloadDriver", LAB_ROLE_UNLOAD},
                 {"IopDeleteDriver", LAB_ROLE_UNLOAD}};
    for (size_t i = 0; i < stack->count; i++) {
        const char *function = lab_function(&stack->frames[i]);
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            if (!strcmp(function, known[k].function)) {
                return known[k].role;
            }
        }
    }
    return LAB_ROLE_OTHER;
}

uint32_t lab_find_role(lab *l, lab_role role, lab_stack *stack)
{
    for (uint32_t i = 1; i < MACHINE_THREADS; i++) {
        machine_thread info;
        if (machine_thread_info(l->m, i, &info) != MACHINE_OK || info.state == MACHINE_THREAD_NONE ||
            info.state == MACHINE_THREAD_GONE || info.idle) {
            continue;
        }
        lab_walk(l, i, stack);
        if (i != l->load_client && i != l->unload_client && lab_stack_role(stack) == role) {
            return i;
        }
    }
    stack->count = 0;
    return 0;
}

uint64_t lab_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
    return hash ^ (hash >> 29);
}

uint64_t lab_mix_text(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = lab_mix(hash, (unsigned char)*text);
    }
    return hash;
}

uint64_t lab_place(const unwind_frame *frame)
{
    return frame ? lab_mix(lab_mix_text(0, frame->img ? image_name(frame->img) : ""), frame->rva) : 0;
}
