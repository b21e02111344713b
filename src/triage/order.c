/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "order.h"

#include <stdlib.h>
#include <string.h>

#define MODULE_SPAN   UINT64_C(0x8000000) /* bytes: no image of a driver or kernel is larger */
#define FRAME_SPAN    UINT64_C(0x4000)    /* bytes: no frame on a kernel stack is */
#define GUARD_PAGE    UINT64_C(0x1000)
#define STARTS_MOST   256u
#define ENOUGH_AGREED 2 /* functions, across two inputs */

/* Stacks ---------------------------------------------------------------------------------------------------------- */

static bool is_kernel(uint64_t address)
{
    return address > UINT32_MAX ? address >> 47 == 0x1FFFF : address >= 0x80000000u;
}

/* DPCs and calls on an expanded stack have a stack of their own. */
static bool switches_stack(const triage_frame *f)
{
    return f->known
               ? f->known->kind == KNOWN_DPC
               : f->function && (strstr(f->function, "SwitchKernelStack") || strstr(f->function, "ExpandKernelStack") ||
                                 strstr(f->function, "Interrupt") || strstr(f->function, "Dpc"));
}

static bool stack_pointers_fit(const triage_thread *t)
{
    const triage_frame *before = NULL;
    bool switched = false;
    for (size_t i = 0; i < t->frame_count; i++) {
        const triage_frame *f = &t->frames[i];
        switched |= switches_stack(f);
        if (f->inlined || !f->sp || !is_kernel(f->sp))
            continue;
        if (before && !switched && (f->sp < before->sp || f->sp - before->sp > FRAME_SPAN))
            return false;
        before = f;
        switched = switches_stack(f);
    }
    return true;
}

static bool calls_fit(const triage_thread *t)
{
    for (size_t i = 0; i + 1 < t->frame_count; i++) {
        const triage_frame *inner = &t->frames[i], *outer = &t->frames[i + 1];
        if (!inner->known || !outer->function || (i + 2 < t->frame_count && outer->inlined))
            continue;
        if (!inner->known->outer)
            continue;
        if (outer->known ? !known_allows(inner->known, outer->known)
                         : !known_is_windows(outer->module) || !strcmp(inner->known->outer, "."))
            return false; /* a function of Windows that is not known may be a newer one */
    }
    return true;
}

/* A bug check is the innermost of what a thread does. */
static bool crash_is_inside(const triage_thread *t)
{
    for (size_t i = 1; i < t->frame_count; i++)
        if (t->frames[i].known && t->frames[i].known->kind == KNOWN_CRASH && !t->frames[i].inlined) {
            const known_function *inner = t->frames[i - 1].known;
            if (!inner || inner->kind != KNOWN_CRASH)
                if (t->frames[i - 1].function && !strstr(t->frames[i - 1].function, "Break"))
                    return false;
        }
    return true;
}

static bool modules_fit(const triage_thread *t)
{
    for (size_t i = 0; i < t->frame_count; i++)
        for (size_t k = i + 1; k < t->frame_count && k < i + 24; k++) {
            const triage_frame *a = &t->frames[i], *b = &t->frames[k];
            if (a->module && a->module == b->module && a->pc && b->pc && !a->inlined && !b->inlined) {
                uint64_t span = a->pc > b->pc ? a->pc - b->pc : b->pc - a->pc;
                if (span > MODULE_SPAN)
                    return false;
                break;
            }
        }
    return true;
}

bool order_is_broken(const triage_thread *t)
{
    return !stack_pointers_fit(t) || !calls_fit(t) || !crash_is_inside(t) || !modules_fit(t) ||
           order_agreement(t, t) < 0;
}

/* Pairs ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *module, *function;
    uint64_t start;
} function_start;

static int by_name(const void *left, const void *right)
{
    const function_start *a = left, *b = right;
    int modules = strcmp(a->module, b->module);
    return modules ? modules : strcmp(a->function, b->function);
}

static size_t starts(const triage_thread *t, function_start list[STARTS_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < t->frame_count && count < STARTS_MOST; i++) {
        const triage_frame *f = &t->frames[i];
        if (f->module && f->function && f->has_offset && f->pc && !f->inlined && f->function[0] != ' ' &&
            f->pc > f->offset)
            list[count++] = (function_start){f->module, f->function, f->pc - f->offset};
    }
    qsort(list, count, sizeof *list, by_name);
    return count;
}

int order_agreement(const triage_thread *a, const triage_thread *b)
{
    function_start left[STARTS_MOST], right[STARTS_MOST];
    size_t lefts = starts(a, left), rights = starts(b, right), i = 0, k = 0;
    int agreed = 0;
    while (i < lefts && k < rights) {
        int order = by_name(&left[i], &right[k]);
        if (!order && left[i].start != right[k].start)
            return -1;
        agreed += !order;
        i += order <= 0;
        k += order > 0;
    }
    return agreed;
}

/* The part of its stack that a thread's frames take. */
static bool extent(const triage_thread *t, uint64_t *low, uint64_t *high)
{
    *low = UINT64_MAX;
    *high = 0;
    for (size_t i = 0; i < t->frame_count; i++)
        if (is_kernel(t->frames[i].sp) && !t->frames[i].inlined) {
            *low = t->frames[i].sp < *low ? t->frames[i].sp : *low;
            *high = t->frames[i].sp > *high ? t->frames[i].sp : *high;
        }
    return *high != 0;
}

/* One stack, in two pieces perhaps: between the stacks of two threads lies a guard page. */
bool order_same_thread(const triage_thread *a, const triage_thread *b)
{
    uint64_t a_low, a_high, b_low, b_high;
    if (a == b || (a->id && a->id == b->id))
        return true;
    if (!extent(a, &a_low, &a_high) || !extent(b, &b_low, &b_high))
        return false;
    return a_low < b_high + GUARD_PAGE && b_low < a_high + GUARD_PAGE;
}

/* Does it tell where functions begin? A bare list of names does not. */
static bool has_starts(const triage_thread *t)
{
    function_start list[STARTS_MOST];
    return starts(t, list) > 1;
}

bool order_together(const triage_thread *a, const triage_thread *b)
{
    int agreed = order_agreement(a, b);
    if (order_same_thread(a, b) || agreed < 0 || (!agreed && has_starts(a) && has_starts(b)))
        return false; /* two threads of one system have the ends of their stacks in common */
    if (a->process && b->process && a->has_cid && b->has_cid && a->process_id == b->process_id &&
        a->process != b->process)
        return false;
    if (a->file == b->file && a->log == b->log)
        return a->moment == b->moment;
    return a->moment == 0 && b->moment == 0 && agreed >= ENOUGH_AGREED;
}
