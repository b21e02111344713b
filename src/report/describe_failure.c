/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_failure.c - one failing execution, put together; and one replayed. */
#include "describe_parts.h"

#include <stdlib.h>
#include <string.h>

static void set_threads(describer *d, const capture *c, report_failure *out)
{
    out->threads = report_arena_alloc(d->arena, c->thread_count + 1, sizeof *out->threads);
    out->thread_count = c->thread_count;
    for (size_t i = 0; i < c->thread_count; i++) {
        describe_thread(d, &c->threads[i], &out->threads[i]);
    }
}

/* Places of one round of the loop; neighbours in the same function are one place. */
static void set_loop(describer *d, const capture *c, report_failure *out)
{
    const symbol *before = NULL;
    out->loop = report_arena_alloc(d->arena, c->loop_count + 1, sizeof *out->loop);
    for (size_t i = 0; i < c->loop_count; i++) {
        unwind_frame frame = capture_frame_of(d->l, c->loop[i]);
        const symbol *name = name_of(d, &frame);
        bool same = before && name && name->line == before->line && name->function && before->function &&
                    !strcmp(name->function, before->function);
        if (!same) {
            out->loop[out->loop_count++] = name_text(d, &frame);
        }
        before = name;
    }
}

static uint32_t preemptions_of(const capture *c)
{
    uint32_t count = 0;
    for (size_t i = 0; i < c->row_count; i++) {
        count += c->rows[i].preempted;
    }
    return count;
}

/* " --with gate.sys": the schedule knows the rest. */
static const char *with_options(describer *d)
{
    const char *text = "";
    for (size_t i = 0; i < d->run->with_count; i++) {
        text = report_arena_printf(d->arena, "%s --with %s", text, d->run->with[i].file);
    }
    return text;
}

const char *describe_schedule_id(describer *d, const lab_schedule *schedule)
{
    char *id = lab_schedule_text(schedule);
    const char *copy = report_arena_copy(d->arena, id);
    free(id);
    return copy;
}

void describe_failure(describer *d, const capture *c, const lab_schedule *schedule, report_failure *out)
{
    memset(out, 0, sizeof *out);
    out->kind = report_arena_copy(d->arena, c->ending.class_name);
    out->title = describe_title(d, c);
    out->schedule = describe_schedule_id(d, schedule);
    out->preemptions = preemptions_of(c);
    out->executions = 1;
    if (out->schedule) {
        out->replay = report_arena_printf(d->arena, "airlock replay %s%s %s%s", d->run->driver.file, with_options(d),
                                          out->schedule, lab_scenario_of(d->l)->sequential ? " --in-order" : "");
    }
    describe_fault(d, c, out);
    set_threads(d, c, out);
    describe_rows(d, c, out);
    describe_left(d, c, out);
    set_loop(d, c, out);
    out->output = c->output;
    out->output_count = c->output_count;
}

lab_status describe_replay(describer *d, const lab_schedule *schedule, machine_tracer trace, void *context,
                           describe_replayed *out)
{
    capture *c = report_arena_alloc(d->arena, 1, sizeof *c);
    name_list names = {0};
    memset(out, 0, sizeof *out);
    lab_status status = capture_run(d->arena, d->l, schedule, trace, context, c);
    if (status != LAB_OK) {
        return status;
    }
    out->rows = c->row_count;
    out->instructions = c->instructions;
    if (c->ending.kind == LAB_PASSED) {
        return LAB_OK;
    }
    report_failure *failure = report_arena_alloc(d->arena, 1, sizeof *failure);
    names_add_capture(&names, d->l, c);
    names_resolve(d, &names);
    describe_failure(d, c, schedule, failure);
    describe_race(d, c, schedule, failure);
    out->failure = failure;
    return LAB_OK;
}
