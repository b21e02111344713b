/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_critical.c - the two steps whose order decides: who accesses what, where, and what is there. The failing
 * schedule is run again, and the one with the two swapped, to see the accesses themselves.
 */
#include "describe_parts.h"

#include <string.h>

typedef struct {
    lab_sighting failing[2], passing[2];
    lab_ground ground;
    uint64_t told; /* what this address points to was said */
} pair_views;

static lab_sighting wanted(const explore_side *side)
{
    return (lab_sighting){.thread = side->thread, .since = side->since, .write = side->write};
}

static lab_status look(describer *d, const describe_pair *pair, pair_views *v)
{
    const explore_critical *c = pair->critical;
    lab_ground other = {0};
    for (int i = 0; i < 2; i++) {
        v->failing[i] = v->passing[i] = wanted(i ? &c->second : &c->first);
    }
    lab_status status = lab_witness(d->l, pair->passing, c->object, v->passing, 2, &other);
    if (status == LAB_OK) {
        status = lab_witness(d->l, pair->schedule, c->object, v->failing, 2, &v->ground);
    }
    v->ground = v->ground.size || v->ground.stack_of ? v->ground : other;
    return status;
}

/* Where the access is seen: in the failing execution, else in the other one. */
static const lab_sighting *view(const pair_views *v, int side)
{
    return v->failing[side].seen || !v->passing[side].seen ? &v->failing[side] : &v->passing[side];
}

static const char *role_in(describer *d, const capture *c, uint32_t number, const lab_stack *stack)
{
    lab_role role = lab_stack_role(stack);
    for (size_t i = 0; role == LAB_ROLE_OTHER && i < c->thread_count; i++) {
        role = c->threads[i].number == number ? c->threads[i].role : role;
    }
    return describe_who(d, number, role);
}

static const char *verb(const pair_views *v, const lab_sighting *s, bool write, bool image)
{
    if (image) {
        return write ? "unmaps" : "executes";
    }
    if (s->gone) {
        return v->ground.body ? "frees the memory of" : "frees";
    }
    return s->absent ? "uses" : write ? "writes" : "reads";
}

static void set_place(describer *d, const lab_sighting *s, const explore_side *side, report_side *out)
{
    unwind_frame at = capture_frame_of(d->l, s->seen ? s->pc : side->place);
    const symbol *name = name_of(d, &at);
    const unwind_frame *driver = s->seen ? innermost_of_driver(d, &s->stack) : NULL;
    out->place = name_text(d, &at);
    out->file = name ? report_arena_copy(d->arena, name->file) : NULL;
    out->line = name ? name->line : 0;
    out->caller = driver && driver != &s->stack.frames[0] ? name_text(d, driver) : NULL;
}

/* One value that points to memory of the kernel is enough; else one that is a number is. */
static bool of_pointers(const describer *d, const pair_views *v)
{
    bool number = false;
    for (int i = 0; i < 4; i++) {
        const lab_sighting *s = i < 2 ? &v->failing[i] : &v->passing[i - 2];
        if (s->known && (describe_is_pointer(d, s->before, s->size) || describe_is_pointer(d, s->after, s->size))) {
            return true;
        }
        number |= s->known && (s->size != 8 || s->before || s->after);
    }
    return !number;
}

/* What a pointer out of all images points to, when it is first told of; NULL: nothing is known. */
static const char *target(describer *d, const describe_pair *pair, pair_views *v, uint64_t value)
{
    const char *text = NULL;
    if (value == v->told || capture_frame_of(d->l, value).img) {
        return NULL;
    }
    v->told = value;
    for (int i = 0; i < 2 && !text; i++) {
        lab_ground ground = {0};
        lab_witness(d->l, i ? pair->passing : pair->schedule, value & ~3ull, NULL, 0, &ground);
        text = describe_target(d, &ground);
    }
    return text;
}

static const char *content(describer *d, const describe_pair *pair, pair_views *v, const lab_sighting *s,
                           uint64_t value)
{
    bool itself = value == s->address && s->size >= 4; /* as the head of an empty list */
    const char *text = itself ? "itself" : describe_value(d, value, s->size, of_pointers(d, v));
    const char *to = !itself && describe_is_pointer(d, value, s->size) ? target(d, pair, v, value) : NULL;
    return to ? report_arena_printf(d->arena, "%s (%s)", text, to) : text;
}

/* What the memory holds: to who reads, in both orders; to who writes, before and after. */
static void set_contents(describer *d, const describe_pair *pair, pair_views *v, int which, report_side *out)
{
    const lab_sighting *s = view(v, which), *swapped = &v->passing[which];
    bool differs = s->known != swapped->known || s->before != swapped->before;
    if (s->absent) {
        out->found = "it is gone";
    }
    if (s->known) {
        out->found = content(d, pair, v, s, s->before);
        out->left = s->write && !s->gone ? content(d, pair, v, s, s->after) : NULL;
    }
    if (!s->write && swapped->known && differs) {
        out->otherwise = content(d, pair, v, swapped, swapped->before);
    }
}

static report_side describe_side(describer *d, const capture *c, const describe_pair *pair, pair_views *v, int which)
{
    const explore_side *side = which ? &pair->critical->second : &pair->critical->first;
    const lab_sighting *s = view(v, which);
    report_side out = {
        .role = role_in(d, c, side->thread, &s->stack),
        .verb = verb(v, s, side->write, machine_object_image(lab_machine(d->l), pair->critical->object) != NULL),
        .write = side->write,
        .late = which && !side->came};
    set_place(d, s, side, &out);
    if (s->seen) {
        set_contents(d, pair, v, which, &out);
    }
    return out;
}

static const char *object_text(describer *d, const describe_pair *pair, const pair_views *v)
{
    uint64_t object = pair->critical->object, address = view(v, 0)->address;
    const image *img = machine_object_image(lab_machine(d->l), object);
    char module[64];
    if (img) {
        symbols_module_name(img, module, sizeof module);
        return report_arena_printf(d->arena, "the image of %s", module);
    }
    return describe_word(d, address ? address : object, &v->ground);
}

static void add_names(describer *d, const pair_views *v)
{
    name_list names = {0};
    for (int i = 0; i < 2; i++) {
        names_add_stack(&names, &view(v, i)->stack);
        unwind_frame at = capture_frame_of(d->l, view(v, i)->pc);
        names_add(&names, &at);
    }
    names_add_stack(&names, &v->ground.allocated);
    names_resolve(d, &names);
}

/* The pair in one sentence. */
static const char *sentence(describer *d, const report_pair *pair)
{
    const report_side *first = &pair->sides[0], *second = &pair->sides[1];
    return report_arena_printf(d->arena,
                               "%s, at %s, %s %s / %s, at %s, %s it%s: with these two swapped it passes (checked)",
                               first->role, first->place, first->verb, pair->object, second->role, second->place,
                               second->verb, second->late ? ", which comes too late" : " later");
}

report_pair *describe_critical(describer *d, const capture *c, const describe_pair *pair)
{
    const explore_critical *critical = pair->critical;
    if (!critical->tries) {
        return NULL;
    }
    report_pair *out = report_arena_alloc(d->arena, 1, sizeof *out);
    *out = (report_pair){.found = critical->found, .tries = critical->tries};
    if (!critical->found) {
        out->text = report_arena_printf(d->arena, "no single pair of steps: %u were swapped, and it failed each time",
                                        critical->tries);
        return out;
    }
    pair_views *v = report_arena_alloc(d->arena, 1, sizeof *v);
    memset(v, 0, sizeof *v);
    if (look(d, pair, v) != LAB_OK) {
        return NULL;
    }
    add_names(d, v);
    out->object = object_text(d, pair, v);
    for (int i = 0; i < 2; i++) {
        out->sides[i] = describe_side(d, c, pair, v, i);
    }
    out->schedule = describe_schedule_id(d, pair->passing);
    out->text = sentence(d, out);
    return out;
}
