/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness.c - the machine tells of each access to the object before it is made; what it has changed is read before the
 * next instruction.
 */
#include "witness.h"

#include <string.h>

#include "lab_internal.h"

typedef struct {
    lab *l;
    uint64_t object;
    const image *img;            /* the object: whether it is mapped */
    lab_sighting *wanted, *open; /* open: its instruction is under way */
    size_t count;
    lab_ground *ground;
    bool was_there;
    uint64_t code[MACHINE_THREADS]; /* the last instruction of that image that each thread executed */
} witness;

static bool is_there(const witness *w)
{
    enum hv_page_kind kind = machine_page_kind(w->l->m, w->object);
    return kind == HV_PAGE_VALID || kind == HV_PAGE_READ_ONLY;
}

/* The ground ------------------------------------------------------------------------------------------------------- */

static uint32_t half_word(lab *l, uint64_t address)
{
    uint32_t value = 0;
    machine_read(l->m, address, &value, sizeof value);
    return value;
}

static void read_type(lab *l, uint64_t type, char name[32])
{
    const struct nt_layout *layout = lab_layout(l);
    uint64_t text = lab_word(l, type + layout->ob_type_name + (lab_is_wide(l) ? 8u : 4u));
    for (size_t i = 0; i < 31; i++) {
        uint16_t c = (uint16_t)half_word(l, text + 2 * i);
        if (i >= (uint16_t)half_word(l, type + layout->ob_type_name) / 2u || c < ' ' || c > '~') {
            break;
        }
        name[i] = (char)c;
    }
}

static bool is_in_system(lab *l, uint64_t address)
{
    const machine_module *module = machine_module_at(l->m, address);
    return module && module->trusted;
}

/* A block of the object manager's: a name, which may be empty, then the header, which knows how long the name is. */
static void find_body(lab *l, lab_ground *g)
{
    const struct nt_layout *layout = lab_layout(l);
    for (uint64_t name = 0; name + layout->ob_header_size <= g->size && !g->body; name += 16) {
        uint64_t header = g->start + name, type = lab_word(l, header + layout->ob_header_type);
        if (half_word(l, header + layout->ob_header_block_offset) == name && is_in_system(l, type)) {
            read_type(l, type, g->type);
            g->body = *g->type ? header + layout->ob_header_size : 0;
        }
    }
}

static bool is_object(const lab_stack *stack)
{
    for (size_t i = 0; i < stack->count && i < 4; i++) {
        if (!strcmp(lab_function(&stack->frames[i]), "ObAllocateObject")) {
            return true;
        }
    }
    return false;
}

static void look_around(witness *w)
{
    lab_ground *g = w->ground;
    if (g->size || g->stack_of || w->img || !is_there(w)) {
        return;
    }
    g->stack_of = machine_stack_owner(w->l->m, w->object);
    if (!g->stack_of && machine_block_at(w->l->m, w->object, &g->start, &g->size) && is_object(&g->allocated)) {
        find_body(w->l, g);
    }
}

/* Accesses --------------------------------------------------------------------------------------------------------- */

static void set_extent(const witness *w, const machine_watched *access, lab_sighting *s)
{
    uint32_t word = lab_is_wide(w->l) ? 8 : 4;
    s->address = access->address;
    s->size = (uint32_t)access->size;
    if (access->size > word || access->absent) {
        s->address = w->object & ~(uint64_t)(word - 1);
        s->size = word;
        if (s->address < access->address && access->size) {
            s->address = w->object;
            s->size = 4;
        }
    }
}

static void see(witness *w, const machine_watched *access, lab_sighting *s)
{
    bool memory = !w->img;
    s->seen = true;
    s->absent = access->absent;
    s->pc =
        w->img && !access->write && !access->absent && w->code[access->thread] ? w->code[access->thread] : access->pc;
    lab_walk(w->l, access->thread, &s->stack);
    if (memory) {
        set_extent(w, access, s);
        s->known = !access->absent && machine_read(w->l->m, s->address, &s->before, s->size) == s->size;
        s->after = s->before;
        w->open = s->write ? s : NULL;
    }
}

/* Steps read "is mapped" at their end, but the fault by which an image is missed comes before that. */
static bool is_wanted(const witness *w, const machine_watched *access, const lab_sighting *s)
{
    bool late = (uint32_t)access->count >= s->since || (w->img && access->absent);
    return !s->seen && s->thread == access->thread && s->write == access->write && late;
}

static void on_access(void *context, const machine_watched *access)
{
    witness *w = context;
    look_around(w);
    for (size_t i = 0; i < w->count; i++) {
        if (is_wanted(w, access, &w->wanted[i])) {
            see(w, access, &w->wanted[i]);
        }
    }
}

static void finish(witness *w)
{
    lab_sighting *s = w->open;
    if (s) {
        s->gone = !is_there(w);
        machine_read(w->l->m, s->address, &s->after, s->size);
        w->open = NULL;
    }
}

static void on_instruction(void *context, uint32_t thread, uint64_t pc)
{
    witness *w = context;
    finish(w);
    if (w->img) {
        const machine_module *module = machine_module_at(w->l->m, pc);
        if (module && module->img == w->img) {
            w->code[thread] = pc;
        }
        return;
    }
    bool there = is_there(w);
    if (there && !w->was_there) {
        lab_walk(w->l, thread, &w->ground->allocated);
    }
    w->was_there = there;
}

lab_status lab_witness(lab *l, const lab_schedule *schedule, uint64_t object, lab_sighting *wanted, size_t count,
                       lab_ground *ground)
{
    witness w = {.l = l,
                 .object = object,
                 .img = machine_object_image(l->m, object),
                 .wanted = wanted,
                 .count = count,
                 .ground = ground};
    lab_rewind(l);
    w.was_there = is_there(&w);
    machine_set_watch(l->m, object, on_access, &w);
    machine_set_tracer(l->m, on_instruction, &w);
    lab_status status = lab_schedule_run(l, schedule, NULL, NULL);
    machine_set_tracer(l->m, NULL, NULL);
    machine_set_watch(l->m, 0, NULL, NULL);
    finish(&w);
    look_around(&w); /* it may not have been accessed at all */
    return status;
}
