/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soft.c - code in memory that can be written. Unicorn notices when the guest writes over code that it has translated,
 * not when a snapshot is restored or the machine writes. So the pages where such code ran are remembered, and their
 * translations thrown away after that.
 */
#include "core.h"

#include <stdlib.h>

void soft_executed(machine *m, uint64_t address)
{
    uint64_t page = address & ~(uint64_t)(PAGE_BYTES - 1);
    for (size_t i = m->soft_count; i-- > 0;) {
        if (m->soft[i] == page) {
            return;
        }
    }
    if (m->soft_count == m->soft_capacity) {
        size_t capacity = m->soft_capacity ? m->soft_capacity * 2 : 16;
        uint64_t *grown = realloc(m->soft, capacity * sizeof *grown);
        if (!grown) {
            guard_off();
            abort();
        }
        m->soft = grown;
        m->soft_capacity = capacity;
    }
    m->soft[m->soft_count++] = page;
}

void soft_forget(machine *m)
{
    for (size_t i = 0; m->soft_stale && i < m->soft_count; i++) {
        uc_ctl_remove_cache(m->cpu, m->soft[i], m->soft[i] + PAGE_BYTES);
    }
    m->soft_stale = false;
}
