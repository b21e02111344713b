/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shadow.c - which memory is shared: granules that two threads touched, one of them writing.
 *
 * What one round finds counts from the next on. The last round finds nothing new: then every race that there is ended a
 * step. What is found does not depend on the order of executions, so that it is the same for any number of processes.
 */
#include "shadow.h"

#include <stdlib.h>

enum { LIST_FIRST = 4096 };

static void push(uint64_t **list, size_t *count, size_t *capacity, uint64_t value)
{
    if (*count == *capacity) {
        *list = list_grow(*list, capacity, LIST_FIRST, sizeof **list);
    }
    (*list)[(*count)++] = value;
}

static bool is_conflict(uint16_t shadow)
{
    return (shadow & (SHADOW_MULTI | SHADOW_WRITTEN)) == (SHADOW_MULTI | SHADOW_WRITTEN);
}

static void push_change(machine *m, uint64_t id, uint16_t before)
{
    if (m->changed_count == m->changed_capacity) {
        m->changed = list_grow(m->changed, &m->changed_capacity, LIST_FIRST, sizeof *m->changed);
    }
    m->changed[m->changed_count++] = (shadow_change){id, before};
}

void shadow_set(machine *m, uint64_t id, uint16_t *shadow, uint16_t next)
{
    push_change(m, id, *shadow);
    if (is_conflict(next) && !(next & (SHADOW_CONFLICT | SHADOW_SHARED))) {
        next |= SHADOW_CONFLICT;
        push(&m->conflicts, &m->conflict_count, &m->conflict_capacity, id);
    }
    *shadow = next;
}

void shadow_store(machine *m, window *w, uint64_t index, uint16_t old, uint16_t next)
{
    uint64_t id = (uint64_t)(w - m->windows) << 60 | index;
    if (!(old & (SHADOW_THREAD | SHADOW_MULTI | SHADOW_WRITTEN))) {
        push(&m->touched, &m->touched_count, &m->touched_capacity, id);
    }
    shadow_set(m, id, &w->shadow[index], next);
}

/* Rounds ----------------------------------------------------------------------------------------------------------- */

static uint16_t *shadow_at(machine *m, uint64_t id, window **w)
{
    uint64_t which = id >> 60, index = id & ~(15ull << 60);
    if (which == WINDOWS) {
        *w = NULL;
        return index < m->module_count ? &m->modules[index].shadow : NULL;
    }
    if (which > WINDOWS || index >= m->windows[which].size >> 2) {
        return NULL;
    }
    *w = &m->windows[which];
    return &m->windows[which].shadow[index];
}

size_t machine_share_discovered(machine *m)
{
    size_t found = m->conflict_count;
    m->near_room = 0;
    for (size_t i = 0; i < found; i++) {
        window *w;
        uint16_t *shadow = shadow_at(m, m->conflicts[i], &w);
        *shadow = (uint16_t)((*shadow & ~(uint32_t)SHADOW_CONFLICT) | SHADOW_SHARED);
        if (w) {
            w->page[(m->conflicts[i] & ~(15ull << 60)) >> (PAGE_SHIFT - 2)] |= PAGE_SHARED;
        }
    }
    m->conflict_count = 0;
    machine_sharing_settle(m);
    return found;
}

bool machine_has_discovered(const machine *m) { return m->conflict_count > 0; }

bool machine_is_point(machine *m, uint64_t object)
{
    return window_of(m, object)
               ? sharing_makes_point(m, object, 1)
               : object - IMAGE_OBJECT < m->module_count && (m->modules[object - IMAGE_OBJECT].shadow & SHADOW_POINT);
}

bool machine_make_point(machine *m, uint64_t object)
{
    window *w = window_of(m, object);
    uint16_t *shadow = NULL;
    if (w) {
        shadow = &w->shadow[(object - w->base) >> 2];
        w->page[(object - w->base) >> PAGE_SHIFT] |= PAGE_SHARED;
        m->near_room = 0;
    } else if (object - IMAGE_OBJECT < m->module_count) {
        shadow = &m->modules[object - IMAGE_OBJECT].shadow;
    }
    if (!shadow || (*shadow & SHADOW_POINT)) {
        return false;
    }
    *shadow |= SHADOW_POINT;
    return true;
}

void machine_make_all_points(machine *m)
{
    for (size_t i = 0; i < m->touched_count; i++) {
        window *w;
        if (*shadow_at(m, m->touched[i], &w) & SHADOW_SHARED) {
            machine_make_point(m, w->base + ((m->touched[i] & ~(15ull << 60)) << 2));
        }
    }
    for (uint32_t i = 0; i < m->module_count; i++) {
        machine_make_point(m, IMAGE_OBJECT + i);
    }
}

typedef struct {
    uint64_t id;
    uint64_t shadow;
} shared_record;

void machine_sharing_settle(machine *m)
{
    m->changed_count = 0;
    m->settled_touched = m->touched_count;
    m->settled_conflicts = m->conflict_count;
}

/* Back to what is settled. */
static void forget_changes(machine *m)
{
    const uint16_t seen = SHADOW_THREAD | SHADOW_MULTI | SHADOW_WRITTEN | SHADOW_CONFLICT;
    while (m->changed_count) {
        const shadow_change *change = &m->changed[--m->changed_count];
        window *w;
        uint16_t *shadow = shadow_at(m, change->id, &w);
        *shadow = (uint16_t)((*shadow & ~seen) | (change->before & seen));
    }
    m->touched_count = m->settled_touched;
    m->conflict_count = m->settled_conflicts;
}

void *machine_sharing_take(machine *m, size_t *size)
{
    shared_record *records = malloc((m->changed_count + 1) * sizeof *records);
    *size = 0;
    if (!records) {
        return NULL;
    }
    for (size_t i = 0; i < m->changed_count; i++) {
        window *w;
        records[i] = (shared_record){m->changed[i].id, *shadow_at(m, m->changed[i].id, &w)};
    }
    *size = m->changed_count * sizeof *records;
    forget_changes(m);
    return records;
}

static void merge_one(machine *m, const shared_record *record)
{
    window *w;
    uint16_t *shadow = shadow_at(m, record->id, &w);
    if (!shadow) {
        return;
    }
    uint16_t old = *shadow, other = (uint16_t)record->shadow, next = old;
    if (other & SHADOW_THREAD) {
        next = shadow_touch(next, other & SHADOW_THREAD, other & SHADOW_WRITTEN);
    }
    next |= other & SHADOW_MULTI;
    if (next == old) {
        return;
    }
    if (w) {
        shadow_store(m, w, record->id & ~(15ull << 60), old, next);
    } else {
        shadow_set(m, record->id, shadow, next);
    }
}

void machine_sharing_give(machine *m, const void *bytes, size_t size)
{
    shared_record record;
    for (size_t at = 0; at + sizeof record <= size; at += sizeof record) {
        memcpy(&record, (const uint8_t *)bytes + at, sizeof record);
        merge_one(m, &record);
    }
}
