/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order.c - the order in which the results of tasks are merged: from the top. */
#include "divide.h"

#include <stdlib.h>

task *order_place(division *d, task *above, shared *at)
{
    task *t = calloc(1, sizeof(*t));

    if (!t) {
        d->x->status = EXPLORE_NO_MEMORY;
        return NULL;
    }
    t->place = true;
    t->at = at;
    if (at)
        at->references++;
    t->above = above;
    t->below = above ? above->below : d->top;
    if (t->below)
        t->below->above = t;
    if (above)
        above->below = t;
    else
        d->top = t;
    return t;
}

void order_drop(division *d, task *t)
{
    if (t->at && t->at->place == t)
        t->at->place = NULL;
    if (t->below)
        t->below->above = t->above;
    if (t->above)
        t->above->below = t->below;
    else
        d->top = t->below;
    d->task_count -= !t->place;
    share_release(t->at);
    free(t->bytes);
    free(t->result);
    free(t);
}

void order_release(division *d)
{
    while (d->top)
        order_drop(d, d->top);
}
