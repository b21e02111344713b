/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soft.c - code in memory that can be written. The pages where such code ran are remembered, and their translations
 * thrown away when the code may have changed:
 *
 *  - when a snapshot is restored, or the machine writes: Unicorn does not notice;
 *  - when the guest writes there: Unicorn notices, but if it was the running block that has changed, and the write was
 *    misaligned, it leaves the write by a long jump and reports no more writes from then on. So the block is gone before
 *    it looks, and the processor starts anew before the next instruction.
 */
#include "core.h"

#include <stdlib.h>

static bool is_soft(const machine *m, uint64_t page)
{
    for (size_t i = m->soft_count; i-- > 0;) {
        if (m->soft[i] == page) {
            return true;
        }
    }
    return false;
}

static void add(machine *m, uint64_t page)
{
    if (is_soft(m, page) || !window_of(m, page)) {
        return;
    }
    if (m->soft_count == m->soft_capacity) {
        m->soft = list_grow(m->soft, &m->soft_capacity, 16, sizeof *m->soft);
    }
    m->soft[m->soft_count++] = page;
}

static uint64_t page_of(uint64_t address) { return address & ~(uint64_t)(PAGE_BYTES - 1); }

void soft_executed(machine *m, uint64_t address)
{
    if (page_of(address) != m->soft_last) {
        m->soft_last = page_of(address);
        add(m, m->soft_last);
        add(m, m->soft_last + PAGE_BYTES); /* its last instruction may reach there */
    }
}

void soft_written(machine *m, uint64_t address, uint32_t size)
{
    for (uint64_t page = page_of(address); page <= page_of(address + size - 1); page += PAGE_BYTES) {
        if (is_soft(m, page)) {
            uc_ctl_remove_cache(m->cpu, page, page + PAGE_BYTES);
            m->again = true;
            m->limit = 0;
        }
    }
}

void soft_forget(machine *m)
{
    for (size_t i = 0; m->soft_stale && i < m->soft_count; i++) {
        uc_ctl_remove_cache(m->cpu, m->soft[i], m->soft[i] + PAGE_BYTES);
    }
    m->soft_stale = false;
}
