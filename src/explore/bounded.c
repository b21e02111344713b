/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bounded.c - partial-order reduction that stays sound under a preemption bound (Coons, Musuvathi, McKinley: Bounded
 * Partial-Order Reduction, OOPSLA 2013).
 *
 * An alternative just before the racing event may cost a preemption that the bound forbids, while the same order of the
 * race is within the bound if the thread goes where the racing thread was switched in, or last waited: the latest place
 * where taking another thread is free. So both places get it. Sleep sets are not used: what sleeps may have been explored
 * only at a higher price.
 */
#include "internal.h"

static bool place(explorer *x, uint32_t i, uint16_t thread)
{
    node *n = &x->nodes[i];

    if (!set_has(&n->enabled, thread))
        return wakeup_add_all(x, n);
    return set_has(&n->listed, thread) || wakeup_add(x, n, thread) != NONE;
}

bool bounded_race(explorer *x, uint32_t i, uint16_t thread, const guard *g, bool through_guard)
{
    i = polls_first(x, i);
    if (through_guard && g->single && !g->polls && was_disabled(x, i, thread))
        return true; /* the two are never enabled together */
    return place(x, i, thread) && place(x, x->events[i].block, thread);
}
