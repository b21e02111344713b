/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch.c - one object, of whose accesses reports want to know more than footprints say. */
#include "core.h"

static void mark(machine *m, uint64_t object, bool on)
{
    window *w = window_of(m, object);
    uint16_t *shadow = NULL;
    if (w) {
        shadow = &w->shadow[(object - w->base) >> 2];
        w->page[(object - w->base) >> PAGE_SHIFT] |= PAGE_SHARED; /* else a thread's own stack is not looked at */
        m->near_room = 0;
    } else if (object - IMAGE_OBJECT < m->module_count) {
        shadow = &m->modules[object - IMAGE_OBJECT].shadow;
    }
    if (shadow) {
        *shadow = (uint16_t)(on ? *shadow | SHADOW_WATCHED : *shadow & ~(uint32_t)SHADOW_WATCHED);
    }
}

void machine_set_watch(machine *m, uint64_t object, machine_watcher watch, void *context)
{
    mark(m, m->watched, false);
    m->watched = watch ? object : 0;
    m->tells_first = m->watched || m->v.clock_jump;
    m->watch = watch;
    m->watch_context = context;
    mark(m, m->watched, true);
}

void watch_tell(machine *m, uint64_t address, uint64_t size, bool write, bool absent)
{
    if (clock_is_word(m, address)) {
        clock_looked_at(m, address, size);
        return;
    }
    machine_watched access = {m->current, m->pc, m->count, address, size, write, absent};
    guard_off();
    m->watch(m->watch_context, &access);
    guard_on();
}
