/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture_calls.h"

#include <string.h>

/*
 * The functions that lab_stack_role knows by name. IopLoadUnloadDriver unloads unless IopLoadDriver follows; a load
 * that fails ends in IopDeleteDriver and is a load all the same.
 */
static const struct {
    const char *function;
    lab_role role;
    bool weak; /* says nothing if a role is known already */
} beginnings[] = {{"IopLoadDriver", LAB_ROLE_LOAD, false},
                  {"FltpDoUnloadFilter", LAB_ROLE_UNLOAD, false},
                  {"IopUnloadDriver", LAB_ROLE_UNLOAD, false},
                  {"IopLoadUnloadDriver", LAB_ROLE_UNLOAD, false},
                  {"IopDeleteDriver", LAB_ROLE_UNLOAD, true}};
#define BEGINNINGS (sizeof beginnings / sizeof *beginnings)

static void find_entries(capture_calls *c, const machine_module *module)
{
    const image_symbol *symbols;
    size_t count = image_symbols(module->img, &symbols);
    for (size_t i = 0; i < count && c->entry_count < CAPTURE_ENTRIES; i++) {
        for (size_t k = 0; k < BEGINNINGS && c->entry_count < CAPTURE_ENTRIES; k++) {
            if (!strcmp(symbols[i].name, beginnings[k].function)) {
                c->entries[c->entry_count++] =
                    (capture_entry){module->base + symbols[i].rva, beginnings[k].role, beginnings[k].weak};
            }
        }
    }
}

void capture_calls_begin(capture_calls *c, lab *l)
{
    machine_module modules[64];
    memset(c, 0, sizeof *c);
    c->l = l;
    size_t count = machine_modules(lab_machine(l), modules, 64);
    for (size_t i = 0; i < count && i < 64; i++) {
        if (modules[i].trusted) {
            find_entries(c, &modules[i]);
        }
    }
}

void capture_calls_row(capture_calls *c)
{
    c->call_count = 0;
    c->entered = LAB_ROLE_OTHER;
}

static capture_side side_of(capture_calls *c, uint64_t pc)
{
    uint64_t page = pc >> 12;
    size_t slot = page & 255;
    if (c->pages[slot] != page + 1) {
        const machine_module *module = machine_module_at(lab_machine(c->l), pc);
        if (!module) {
            return CAPTURE_NOWHERE; /* not remembered: an image may be mapped there later */
        }
        c->pages[slot] = page + 1;
        c->page_sides[slot] = module->trusted ? CAPTURE_SYSTEM : CAPTURE_DRIVER;
    }
    return c->page_sides[slot];
}

/* Does a function of this name start exactly here? */
static bool starts_function(const unwind_frame *frame)
{
    const image_symbol *symbols;
    size_t count = image_symbols(frame->img, &symbols), at = image_symbol_index(frame->img, frame->rva);
    return (at < count && symbols[at].rva == frame->rva) || frame->rva == image_entry(frame->img);
}

/* Handlers of traps: the processor called them, not the driver. */
static bool is_trap_handler(const unwind_frame *frame) { return !strncmp(lab_function(frame), "Ki", 2); }

static void crossing(capture_calls *c, uint64_t pc, capture_side to)
{
    unwind_frame frame = capture_frame_of(c->l, pc);
    if (c->call_count == CAPTURE_CALLS_MAX || !frame.img || !starts_function(&frame) || is_trap_handler(&frame)) {
        return;
    }
    c->calls[c->call_count++] = (capture_call){frame, to == CAPTURE_DRIVER};
}

void capture_calls_at(capture_calls *c, uint32_t thread, uint64_t pc)
{
    capture_side side = side_of(c, pc), before = c->sides[thread];
    if (side != before && side != CAPTURE_NOWHERE && before != CAPTURE_NOWHERE) {
        crossing(c, pc, side);
    }
    c->sides[thread] = (uint8_t)side;
    for (size_t i = 0; i < c->entry_count; i++) {
        if (c->entries[i].pc == pc && !(c->entries[i].weak && c->entered != LAB_ROLE_OTHER)) {
            c->entered = c->entries[i].role;
        }
    }
}
