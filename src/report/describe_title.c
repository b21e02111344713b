/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_title.c - the failure in one sentence that names the driver's own functions. */
#include "describe_parts.h"

#include <stdlib.h>
#include <string.h>

/* The driver's function that failed, or from which the system's failed. NULL = none on the stack. */
static const char *failing_function(describer *d, const capture *c)
{
    const unwind_frame *frame = c->thread_count ? innermost_of_driver(d, c->threads[0].stack) : NULL;
    return frame ? name_function(d, frame) : NULL;
}

static const char *failing_place(describer *d, const capture *c)
{
    unwind_frame frame = capture_frame_of(d->l, c->ending.pc);
    return c->ending.pc ? name_text(d, &frame) : NULL;
}

static const capture_thread *other_thread(const capture *c)
{
    return c->ending.other && c->thread_count > 1 && c->threads[1].number == c->ending.other ? &c->threads[1] : NULL;
}

static const char *other_entry(describer *d, const capture *c)
{
    const capture_thread *other = other_thread(c);
    const unwind_frame *frame = other ? outermost_of_driver(d, other->stack) : NULL;
    return frame ? name_function(d, frame) : NULL;
}

static const char *freeing_function(describer *d, const capture *c)
{
    if (!c->freed || !c->freed->count) {
        return NULL;
    }
    const unwind_frame *frame = innermost_of_driver(d, c->freed);
    return name_function(d, frame ? frame : &c->freed->frames[0]);
}

static const char *title_f1(describer *d, const capture *c)
{
    const char *function = failing_function(d, c), *entry = other_entry(d, c);
    return function && entry
               ? report_arena_printf(d->arena, "%s, run to unload, meets what %s has not set up yet", function, entry)
               : NULL;
}

static const char *title_gone(describer *d, const capture *c)
{
    const char *place = failing_place(d, c), *freeing = freeing_function(d, c);
    const char *what = c->page == HV_PAGE_UNLOADED ? "an image" : "memory";
    const char *went = c->page == HV_PAGE_UNLOADED ? "unmapped" : "freed";
    if (c->page != HV_PAGE_UNLOADED && c->page != HV_PAGE_FREED) {
        return NULL;
    }
    if (!place) {
        return NULL;
    }
    if (c->ending.address == c->ending.pc) {
        return report_arena_printf(d->arena, "%s is to be executed after it was unmapped%s%s", place,
                                   freeing ? " by " : "", freeing ? freeing : "");
    }
    return report_arena_printf(d->arena, "%s uses %s that was %s%s%s", place, what, went, freeing ? " by " : "",
                               freeing ? freeing : "");
}

static const char *title_hang(describer *d, const capture *c)
{
    const char *function = failing_function(d, c);
    if (!c->thread_count || !function) {
        return NULL;
    }
    const char *role = describe_role(d, c->threads[0].number, c->threads[0].role);
    if (c->ending.kind == LAB_LIVELOCK) {
        return report_arena_printf(d->arena, "%s (%s) loops for ever and changes nothing", function, role);
    }
    const char *object = c->threads[0].info.wait_object ? name_data(d, c->threads[0].info.wait_object) : NULL;
    return report_arena_printf(d->arena, "%s (%s) waits%s%s, and nothing will end the wait", function, role,
                               object ? " for " : "", object ? object : "");
}

static const char *title_note(describer *d, const capture *c)
{
    const struct hv_note *first = describe_first_note(c);
    size_t count = 0;
    for (size_t i = 0; i < c->note_count; i++) {
        count += c->notes[i].kind < HV_NOTE_RESULT;
    }
    if (!first || count < 2) {
        return first ? report_arena_printf(d->arena, "%.127s", first->text) : NULL;
    }
    return report_arena_printf(d->arena, "%.127s, and %zu more", first->text, count - 1);
}

static const char *title_stop(describer *d, const capture *c)
{
    const char *place = failing_place(d, c), *function = failing_function(d, c);
    if (place) {
        return report_arena_printf(d->arena, "%s fails%s%s", place, function ? ", in " : "", function ? function : "");
    }
    return function ? report_arena_printf(d->arena, "%s makes the system stop", function) : NULL;
}

const char *describe_title(describer *d, const capture *c)
{
    const char *kind = c->ending.class_name;
    const char *title = NULL;
    switch (c->ending.kind) {
    case LAB_DEADLOCK:
    case LAB_LIVELOCK: return title_hang(d, c);
    case LAB_LEFT_BEHIND:
    case LAB_MISUSE:
    case LAB_STATE: return title_note(d, c);
    default: break;
    }
    title = !strcmp(kind, "F1") ? title_f1(d, c) : title_gone(d, c);
    return title ? title : title_stop(d, c);
}
