/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path.c - the execution being explored grows by a step, shrinks by one, and the program is brought to a node of it. */
#include "internal.h"

#include <string.h>

static bool has_access(const explorer *x, uint32_t from, uint32_t o)
{
    for (uint32_t a = from; a < x->access_top; a++) {
        if (x->accesses[a].object == o)
            return true;
    }
    return false;
}

/* The footprint of a step, and what its thread was waiting for, as access records that are not linked yet. */
static bool enter_accesses(explorer *x, const explore_step *step, event *ev)
{
    guard g = guard_of(x, ev->thread);

    ev->access = x->access_top;
    for (size_t i = 0; i < step->access_count; i++) {
        const explore_access *a = &step->accesses[i];
        uint32_t o;
        if (a->object == EXPLORE_ALL) {
            ev->all = true;
            continue;
        }
        if ((o = object_find(x, a->object)) == NONE)
            return false;
        ev->writes |= a->write;
        x->accesses[x->access_top++] = (access_record){.object = o,
                                                       .event = x->depth,
                                                       .write = a->write,
                                                       .early = a->early,
                                                       .absent = a->absent,
                                                       .first = a->first,
                                                       .last = a->last};
    }
    ev->own_count = x->access_top - ev->access;
    for (uint32_t i = g.first; i < g.first + g.count; i++) {
        if (x->objects[x->guards[i].object].key == EXPLORE_ALL)
            ev->all = true;
        else if (!has_access(x, ev->access, x->guards[i].object))
            x->accesses[x->access_top++] = (access_record){.object = x->guards[i].object, .event = x->depth};
    }
    ev->access_count = x->access_top - ev->access;
    return true;
}

/* Where the thread could last have been replaced by another without a preemption. */
static uint32_t block_of(const explorer *x, uint16_t thread)
{
    const node *n = &x->nodes[x->depth];

    return n->last == thread && n->last_ready ? x->events[x->depth - 1].block : x->depth;
}

/* The current alternative of the last node was taken: enter it. */
bool path_push(explorer *x, const explore_step *step)
{
    uint16_t thread = x->nodes[x->depth].current;
    thread_state *t = &x->threads[thread];
    event *ev;

    if (!room_for_step(x, step->access_count + guard_of(x, thread).count))
        return false;
    ev = &x->events[x->depth];
    *ev = (event){.thread = thread,
                  .choice = x->nodes[x->depth].choice,
                  .outcome = (uint8_t)step->outcome,
                  .previous = t->last,
                  .barrier = x->barrier,
                  .block = block_of(x, thread),
                  .place = step->place,
                  .site = step->site,
                  .instructions = step->instructions,
                  .timeout = step->timeout};
    if (!enter_accesses(x, step, ev) || !races_of_step(x, thread, ev->access, x->access_top, ev->all))
        return false;
    memcpy(clock_of(x, x->depth), x->clock, x->stride * sizeof(uint32_t));
    clock_of(x, x->depth)[thread] = x->depth + 1;
    object_link(x, thread, ev->access, x->access_top);
    t->last = x->depth;
    if (ev->all)
        x->barrier = x->depth;
    x->nodes[x->depth].all |= ev->all;
    x->depth++;
    if (step->outcome == EXPLORE_BLOCKED && !guard_observe(x, thread, &ev->wait))
        return false;
    x->report->clock_seen |= step->saw_clock;
    x->report->ticked_out |= step->held && step->serves;
    x->report->counted_out |= step->held && !step->serves;
    polls_observe(x, x->depth - 1);
    return polls_wait(x, x->depth - 1);
}

/* Take the last step back. Its accesses stay in the arena: the node before decides whether they are needed. */
void path_pop(explorer *x)
{
    node *n = &x->nodes[x->depth];
    event *ev = &x->events[--x->depth];
    thread_state *t = &x->threads[ev->thread];

    object_undo(x, ev->access, ev->access + ev->access_count);
    while (x->birth_top > n->birth_top)
        x->threads[x->births[--x->birth_top]].born = false;
    x->access_top = n->access_top;
    x->guard_top = x->nodes[x->depth].guard_top;
    x->barrier = ev->barrier;
    t->last = ev->previous;
    while (x->race_count && x->races[x->race_count - 1].second >= x->depth)
        x->race_count--;
    if (ev->halted) {
        t->halted = false;
        x->halted_count--;
    }
    x->changed = x->changed < x->depth ? x->changed : x->depth;
    x->at = NONE;
}

bool path_save(explorer *x)
{
    if (!room_for(x, &x->marks, &x->mark_room, x->mark_count + 1, sizeof(path_mark)))
        return false;
    x->marks[x->mark_count++] = (path_mark){.node = x->at, .mark = x->program->save(x->program->self)};
    return true;
}

static bool count_down(void *context, const explore_step *step)
{
    explorer *x = context;

    (void)step;
    return --x->replay_left > 0;
}

/* Run events from .. of one thread again, as many as can be run at once. Returns the node reached, NONE if that failed. */
static uint32_t rerun(explorer *x, uint32_t from, uint32_t to)
{
    const event *ev = &x->events[from];
    uint32_t end = from + 1;

    while (end < to && x->events[end].thread == ev->thread && x->events[end - 1].outcome == EXPLORE_RAN &&
           !x->events[end].halted && x->nodes[end].choices <= 1)
        end++;
    x->replay_left = end - from;
    if (!x->program->run(x->program->self, x->threads[ev->thread].number, ev->choice, count_down, x) ||
        x->replay_left) {
        x->status = EXPLORE_PROGRAM_FAILED;
        x->stop = true;
        return NONE;
    }
    return end;
}

/* Bring the program to node `to` of the path. */
bool path_go(explorer *x, uint32_t to)
{
    bool again = false;

    if (x->at == to)
        return true;
    while (x->marks[x->mark_count - 1].node > to)
        x->mark_count--;
    x->program->restore(x->program->self, x->marks[x->mark_count - 1].mark);
    x->at = x->marks[x->mark_count - 1].node;
    while (x->at < to) {
        if (x->events[x->at].halted) {
            x->at++;
            continue;
        }
        again = true;
        x->at = rerun(x, x->at, to);
        if (x->stop)
            return false;
    }
    return !again || path_save(x);
}

void path_halt(explorer *x)
{
    event *ev = &x->events[x->depth - 1];

    ev->halted = true;
    x->threads[ev->thread].halted = true;
    x->halted_count++;
    x->at = NONE;
}
