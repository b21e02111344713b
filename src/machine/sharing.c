/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sharing.c - which accesses are in the footprints of steps, and which of them end their steps.
 *
 * Memory that one thread uses, or that nobody writes, commutes with everything: a switch before or after such an access
 * leads to the same executions. A granule that two threads touched, one of them writing, is shared (shadow.c), and its
 * accesses are in footprints. Even so most of them are ordered, by the creation of a thread or by a lock; only where the
 * explorer has seen a race, two accesses that nothing orders, must a step end: there a point is made.
 */
#include "shadow.h"

#include <stdlib.h>
#include <string.h>

/* One access, or one atomic section: what no switch can divide. */
static uint32_t present_unit(const machine *m) { return m->atomic_depth ? m->unit : (uint32_t)m->count; }

static uint32_t access_slot(uint64_t object) { return (uint32_t)(object >> 2) & (ACCESS_SLOTS - 1); }

enum { NO_ACCESS = UINT32_MAX };

/* A slot tells where an object of its kind was added last, if that was in this step; before it stand the others. */
static inline machine_access *find_access(const machine *m, uint64_t object, uint32_t *newest)
{
    uint32_t i = m->access_slot[access_slot(object)];
    if (i >= m->access_count || access_slot(m->accesses[i].object) != access_slot(object)) {
        i = NO_ACCESS;
    }
    for (*newest = i; i != NO_ACCESS; i = m->access_before[i]) {
        if (m->accesses[i].object == object) {
            return &m->accesses[i];
        }
    }
    return NULL;
}

static void grow_accesses(machine *m)
{
    size_t capacity = m->access_capacity;
    m->accesses = list_grow(m->accesses, &m->access_capacity, 64, sizeof *m->accesses);
    m->access_before = list_grow(m->access_before, &capacity, 64, sizeof *m->access_before);
}

static inline __attribute__((always_inline)) void add_access(machine *m, uint64_t object, bool write)
{
    uint32_t unit = present_unit(m), newest;
    machine_access *known = find_access(m, object, &newest);
    if (known) {
        known->write |= write;
        known->last = unit;
        return;
    }
    size_t count = m->access_count;
    if (UNLIKELY(count == m->access_capacity)) {
        grow_accesses(m);
    }
    m->access_before[count] = newest;
    m->access_slot[access_slot(object)] = (uint32_t)count;
    machine_access *added = &m->accesses[count];
    added->object = object;
    added->write = write;
    added->early = true; /* and not absent: step_end knows better */
    added->absent = false;
    added->first = added->last = unit;
    m->access_count = count + 1;
}

void step_add(machine *m, uint64_t object, bool write) { add_access(m, object, write); }

/* shadow_touch changes it. What several touched (SHADOW_MULTI) has the number of one of them. */
static inline bool is_news(uint32_t shadow, uint32_t number, bool write)
{
    bool same = (shadow & SHADOW_MULTI) || ((shadow ^ number) & SHADOW_THREAD) == 0;
    return !same || (write && !(shadow & SHADOW_WRITTEN));
}

/* Behind an access to what makes points a step can end. */
static inline void touch_point(machine *m, uint64_t object, uint16_t shadow, bool write)
{
    if (!(shadow & SHADOW_POINT)) {
        return;
    }
    m->raced = true;
    m->point_unit = present_unit(m);
    m->point_object = object;
    m->point_write |= write;
    m->site = m->atomic_depth ? 0 : m->pc;
    if (m->atomic_depth == 0) {
        machine_pend(m, PEND_POINT);
    }
}

/* The first granule from `index` to `last` of which something is new or to be told, or that others have touched too, to
 * within four: blocks that are freed are large. */
static uint64_t skip_known(const window *w, uint64_t index, uint64_t last, uint32_t number, bool write)
{
    enum { FOUR_OF_EACH = 4 };
    const uint64_t each = 0x0001000100010001ull, written = write ? SHADOW_WRITTEN : 0;
    uint64_t mask = (SHADOW_THREAD | SHADOW_TOLD | written) * each, four;
    for (; index + FOUR_OF_EACH <= last; index += FOUR_OF_EACH) {
        memcpy(&four, w->shadow + index, sizeof four);
        if ((four ^ (number | written) * each) & mask) {
            break;
        }
    }
    return index;
}

/* One granule of an access by the running thread; on a stack that is another thread's, `owner`. */
static inline uint16_t touch_word(machine *m, window *w, uint64_t index, uint32_t owner, bool write)
{
    uint16_t old = w->shadow[index], next = shadow_touch(old, m->current, write);
    if (owner != m->current) { /* its owner wrote it, whether seen or not */
        next = (uint16_t)((next & ~(uint32_t)SHADOW_THREAD) | owner | SHADOW_MULTI | SHADOW_WRITTEN);
    }
    if (next != old) {
        shadow_store(m, w, index, old, next);
    }
    return next;
}

static inline __attribute__((always_inline)) void tell_word(machine *m, uint64_t object, uint16_t shadow, bool write)
{
    if (shadow & SHADOW_SHARED) {
        add_access(m, object, write);
    }
    touch_point(m, object, shadow, write);
}

static void access_words(machine *m, window *w, uint64_t offset, uint32_t size, bool write)
{
    bool stack = w->page[offset >> PAGE_SHIFT] & PAGE_STACK;
    uint32_t owner = stack ? (uint32_t)((w->base + offset - m->arch->stack_first) / STACK_SLOT) : m->current;
    uint64_t last = (offset + size - 1) >> 2;
    for (uint64_t index = offset >> 2; index <= last; index++) {
        if (owner == m->current) {
            index = skip_known(w, index, last, m->current, write);
        }
        uint16_t shadow = w->shadow[index];
        if (owner != m->current || is_news(shadow, m->current, write)) {
            shadow = touch_word(m, w, index, owner, write);
        }
        if (shadow & SHADOW_TOLD) {
            tell_word(m, w->base + (index << 2), shadow, write);
            if (UNLIKELY(shadow & SHADOW_WATCHED)) {
                watch_tell(m, w->base + offset, size, write, false);
            }
        }
    }
}

/* Apart, so that what is mostly to be done needs no stack. */
static __attribute__((noinline)) uint64_t watch_closely(machine *m, window *w, uint64_t offset, uint32_t access,
                                                        uint64_t next)
{
    int module = w->page[offset >> PAGE_SHIFT] & PAGE_DRIVER ? module_index_at(m, w->base + offset) : -1;
    if (module >= 0) {
        m->images_touched |= 1ull << module;
    }
    if (access & READS) {
        access_words(m, w, offset, access & ACCESS_BYTES, false);
    }
    if (access & WRITES) {
        m->wrote = true;
        access_words(m, w, offset, access & ACCESS_BYTES, true);
    }
    return next;
}

/* An access that is not to a driver's image or another's stack: mostly nothing of it is new. */
static uint64_t tell_words(machine *m, window *w, uint64_t offset, uint32_t access, uint64_t next)
{
    bool write = access & WRITES; /* what is known of a write is known of a read before it */
    for (uint64_t index = offset >> 2; index <= (offset + (access & ACCESS_BYTES) - 1) >> 2; index++) {
        uint16_t shadow = w->shadow[index];
        if (UNLIKELY((shadow & SHADOW_WATCHED) || is_news(shadow, m->current, write))) {
            return watch_closely(m, w, offset, access, next);
        }
        if (shadow & SHADOW_TOLD) {
            tell_word(m, w->base + (index << 2), shadow, write);
        }
    }
    m->wrote |= write;
    return next;
}

/* The running thread's own stack -------------------------------------------------------------------------------------- */

/* Its page, on which others were seen (`shared`) or not. */
static bool is_own_stack(const machine *m, const window *w, uint64_t page, uint8_t shared)
{
    const uint8_t all = PAGE_R | PAGE_W | PAGE_X | PAGE_PARTIAL | PAGE_STACK | PAGE_SHARED;
    return (w->page[page] & all) == (PAGE_R | PAGE_W | PAGE_STACK | shared) &&
           (page << PAGE_SHIFT) - m->own_stack < STACK_SLOT;
}

/* Finds out what is near: the pages around `offset` that are like its own. */
static void note_near(machine *m, const window *w, uint64_t offset)
{
    uint64_t first = offset >> PAGE_SHIFT, end = first;
    uint8_t shared = w->page[first] & PAGE_SHARED;
    while (is_own_stack(m, w, end, shared)) {
        end++;
    }
    while (end > first && is_own_stack(m, w, first - 1, shared)) {
        first--;
    }
    m->near_base = w->base + (first << PAGE_SHIFT);
    m->near_host = w->host + (first << PAGE_SHIFT);
    m->near_shadow = w->shadow + (first << (PAGE_SHIFT - 2));
    m->near_room = end > first ? ((end - first) << PAGE_SHIFT) - (sizeof(uint64_t) - 1) : 0;
    m->near_shared = shared != 0;
    m->near_matters = shared ? (SHADOW_THREAD | SHADOW_WRITTEN | SHADOW_TOLD) * TWO_GRANULES : 0;
}

static uint64_t watch_own_stack(machine *m, window *w, uint64_t offset, uint32_t access, uint64_t next)
{
    if (w->base + offset - m->near_base >= m->near_room) {
        note_near(m, w, offset);
    }
    bool shared = w->page[offset >> PAGE_SHIFT] & PAGE_SHARED;
    return shared ? tell_words(m, w, offset, access, next) : next;
}

uint64_t sharing_watch(machine *m, window *w, uint64_t offset, uint32_t access, uint64_t next)
{
    uint8_t bits = w->page[offset >> PAGE_SHIFT];
    if (UNLIKELY(!m->recording)) {
        return next;
    }
    if (bits & PAGE_STACK && offset - m->own_stack < STACK_SLOT) {
        return watch_own_stack(m, w, offset, access, next);
    }
    bool closely = bits & (PAGE_STACK | PAGE_DRIVER);
    return closely ? watch_closely(m, w, offset, access, next) : tell_words(m, w, offset, access, next);
}

void sharing_range(machine *m, uint64_t address, uint64_t size, bool write)
{
    window *w = window_of(m, address);
    if (m->recording && w && size) {
        access_words(m, w, address - w->base, (uint32_t)size, write);
    }
}

/* An access that faults did not take place, but that it faulted depends on what is there: on who freed it, or unmapped the
 * image. It asks for no point: what comes between the accesses that find the memory gone and those that found it there
 * before, in the same step, only moves the crash from one to the next of them. */
void sharing_fault(machine *m, uint64_t address)
{
    window *w = window_of(m, address);
    int module = module_index_at(m, address);
    if (!m->recording) {
        return;
    }
    if (module >= 0) {
        m->images_touched |= 1ull << module;
        if (m->modules[module].shadow & SHADOW_WATCHED) {
            watch_tell(m, address, 0, false, true);
        }
    } else if (w) {
        uint64_t index = (address - w->base) >> 2;
        uint16_t old = w->shadow[index], next = shadow_touch(old, m->current, false);
        if (next != old) {
            shadow_store(m, w, index, old, next);
        }
        if (next & SHADOW_SHARED) {
            m->fault_object = w->base + (index << 2);
            step_add(m, m->fault_object, false);
        }
        if (next & SHADOW_WATCHED) {
            watch_tell(m, address, 0, false, true);
        }
    }
}

bool sharing_makes_point(machine *m, uint64_t address, uint32_t size)
{
    window *w = window_of(m, address);
    if (!w) {
        return true;
    }
    uint64_t offset = address - w->base;
    for (uint64_t index = offset >> 2; index <= (offset + size - 1) >> 2; index++) {
        if (w->shadow[index] & SHADOW_POINT) {
            return true;
        }
    }
    return false;
}

/* The pseudo object "image n is mapped": running its code reads it, unloading it writes it. */
void sharing_image(machine *m, uint32_t module, bool write)
{
    module_entry *entry = &m->modules[module];
    uint16_t next = shadow_touch(entry->shadow, m->current, write);
    if (next != entry->shadow) {
        shadow_set(m, (uint64_t)WINDOWS << 60 | module, &entry->shadow, next);
    }
    if (next & SHADOW_SHARED) {
        step_add(m, IMAGE_OBJECT + module, write);
    }
    m->raced |= (next & SHADOW_POINT) != 0;
    if (next & SHADOW_WATCHED) {
        watch_tell(m, 0, 0, write, false);
    }
}
