/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meetings.h"

#include <stdlib.h>
#include <string.h>

#include "lab_internal.h"
#include "stacks.h"

_Static_assert(sizeof(lab_meeting) == 40, "padding in what is compared as bytes");

/* What tells meetings apart before the role is known; it follows from the rest. */
static bool is_same(const lab_meeting *a, const lab_meeting *b)
{
    return a->object == b->object && a->first_site == b->first_site && a->second_site == b->second_site &&
           a->first_thread == b->first_thread && a->second_thread == b->second_thread &&
           a->first_write == b->first_write && a->second_write == b->second_write;
}

static size_t hash_of(const lab_meeting *a)
{
    uint64_t hash = lab_mix(lab_mix(a->object, a->first_site), a->second_site);
    return (size_t)lab_mix(hash, (uint64_t)a->first_thread << 32 | a->second_thread);
}

static uint32_t *slot_of(const meetings *m, const lab_meeting *meeting)
{
    for (size_t i = hash_of(meeting);; i++) {
        uint32_t *slot = &m->slots[i & (m->slot_count - 1)];
        if (!*slot || is_same(&m->all[*slot - 1], meeting)) {
            return slot;
        }
    }
}

static void fill_slots(meetings *m)
{
    for (size_t i = 0; i < m->count; i++) {
        *slot_of(m, &m->all[i]) = (uint32_t)i + 1;
    }
}

static bool make_room(meetings *m)
{
    if (m->count < m->room) {
        return true;
    }
    size_t room = m->room ? m->room * 2 : 256;
    lab_meeting *all = realloc(m->all, room * sizeof *all);
    m->all = all ? all : m->all;
    uint32_t *slots = all ? calloc(room * 2, sizeof *slots) : NULL;
    if (!slots) {
        return false;
    }
    free(m->slots);
    m->slots = slots;
    m->room = room;
    m->slot_count = room * 2;
    fill_slots(m);
    return true;
}

bool meetings_add(meetings *m, const lab_meeting *meeting)
{
    uint32_t *slot = make_room(m) ? slot_of(m, meeting) : NULL;
    if (!slot || *slot) {
        return false;
    }
    m->all[m->count] = *meeting;
    *slot = (uint32_t)++m->count;
    return true;
}

void meetings_settle(meetings *m) { m->settled = m->count; }

void meetings_forget(meetings *m)
{
    if (m->count == m->settled) {
        return;
    }
    m->count = m->settled;
    memset(m->slots, 0, m->slot_count * sizeof *m->slots);
    fill_slots(m);
}

void meetings_free(meetings *m)
{
    free(m->all);
    free(m->slots);
    *m = (meetings){0};
}

void meetings_note(lab *l, const explore_meeting *meeting)
{
    static lab_stack stack;
    lab_meeting new = {.object = meeting->object,
                       .first_site = meeting->first.site,
                       .second_site = meeting->second.site,
                       .first_thread = meeting->first.thread,
                       .second_thread = meeting->second.thread,
                       .first_write = meeting->first.write,
                       .second_write = meeting->second.write};
    if (meetings_add(&l->meetings, &new)) {
        lab_walk(l, new.second_thread, &stack);
        l->meetings.all[l->meetings.count - 1].second_role = (uint8_t)lab_stack_role(&stack);
    }
}

static int by_place(const void *a, const void *b)
{
    const lab_meeting *x = a, *y = b;
    if (x->object != y->object) {
        return x->object < y->object ? -1 : 1;
    }
    if (x->first_site != y->first_site) {
        return x->first_site < y->first_site ? -1 : 1;
    }
    if (x->second_site != y->second_site) {
        return x->second_site < y->second_site ? -1 : 1;
    }
    return memcmp(x, y, sizeof *x);
}

size_t lab_meetings(const lab *l, lab_meeting **sorted)
{
    size_t count = l->meetings.count;
    *sorted = malloc((count + 1) * sizeof **sorted);
    if (!*sorted) {
        return 0;
    }
    if (count) {
        memcpy(*sorted, l->meetings.all, count * sizeof **sorted);
        qsort(*sorted, count, sizeof **sorted, by_place);
    }
    return count;
}

/* The system's images are there from the start, and stay where they are. */
static bool is_system(const lab *l, uint64_t site)
{
    const machine_module *module = machine_module_at(l->m, site);
    return module && module->trusted;
}

size_t lab_raced_objects(const lab *l, uint64_t **objects)
{
    lab_meeting *met;
    size_t all = lab_meetings(l, &met), count = 0;
    *objects = malloc((all + 1) * sizeof **objects);
    for (size_t i = 0; *objects && i < all; i++) {
        bool again = count && (*objects)[count - 1] == met[i].object;
        if (!again && !(is_system(l, met[i].first_site) && is_system(l, met[i].second_site))) {
            (*objects)[count++] = met[i].object;
        }
    }
    free(met);
    return count;
}
