/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_critical.c - the two steps whose order decides, in words. */
#include "describe_parts.h"

static const char *role_in(describer *d, const capture *c, uint32_t number)
{
    for (size_t i = 0; i < c->thread_count; i++) {
        if (c->threads[i].number == number) {
            return describe_role(d, number, c->threads[i].role);
        }
    }
    return describe_role(d, number, LAB_ROLE_OTHER);
}

/* "load, at isolate!CreateWorkerQueue+0x1c6, writes" */
static const char *side_text(describer *d, const capture *c, const explore_side *side)
{
    unwind_frame at = capture_frame_of(d->l, side->place);
    return report_arena_printf(d->arena, "%s, at %s, %s", role_in(d, c, side->thread), name_text(d, &at),
                               side->write ? "writes" : "reads");
}

/* A variable, or what else the two have in common. */
static const char *object_text(describer *d, uint64_t object)
{
    const char *name = object >> 63 ? name_data(d, object) : NULL;
    if (name) {
        return name;
    }
    return object >> 63 ? report_arena_printf(d->arena, "the word at %016llx", (unsigned long long)object)
                        : "whether the image is mapped";
}

const char *describe_critical(describer *d, const capture *c, const explore_critical *critical)
{
    if (!critical->tries) {
        return NULL;
    }
    if (!critical->found) {
        return report_arena_printf(d->arena, "no single pair of steps: %u were swapped, and it failed each time",
                                   critical->tries);
    }
    return report_arena_printf(d->arena, "%s %s / %s it%s: with these two swapped it passes (checked)",
                               side_text(d, c, &critical->first), object_text(d, critical->object),
                               side_text(d, c, &critical->second),
                               critical->second.came ? " later" : ", which comes too late");
}
