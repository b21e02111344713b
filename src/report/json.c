/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <inttypes.h>

#include "json_value.h"

static json_t *bound_value(uint32_t bound)
{
    return bound == REPORT_UNBOUNDED ? value_text("unbounded") : value_count(bound);
}

static json_t *driver_value(const report_driver *driver)
{
    json_t *value = value_sure(json_object());
    char timestamp[16];
    value_set(value, "file", value_text(driver->file));
    value_set(value, "sha256", value_text(driver->sha256));
    value_set(value, "machine", value_text(driver->machine));
    value_set_text(value, "name", driver->name);
    value_set_text(value, "kind", driver->kind);
    snprintf(timestamp, sizeof timestamp, "%08" PRIX32, driver->timestamp);
    value_set(value, "timestamp", value_text(timestamp));
    value_set(value, "symbols", value_text(driver->symbols));
    return value;
}

static json_t *call_value(const report_call *call)
{
    json_t *value = value_sure(json_object());
    value_set(value, "call", value_count(call->number));
    if (call->of)
        value_set(value, "of", value_count(call->of));
    value_set_text(value, "name", call->name);
    value_set_text(value, "failure", call->failure);
    return value;
}

static json_t *scenario_value(const report_run *run)
{
    json_t *value = value_sure(json_object());
    value_set(value, "load", value_text(run->load));
    value_set(value, "unload", value_text(run->unload));
    value_set_text(value, "start", run->start);
    value_set_text(value, "stop", run->stop);
    if (run->with_count)
        value_set(value, "with", JSON_LIST(run->with, run->with_count, driver_value));
    if (run->value_count)
        value_set(value, "registry", value_text_list(run->values, run->value_count));
    if (run->failing.number)
        value_set(value, "fail", call_value(&run->failing));
    return value;
}

static json_t *switch_value(const report_switch *one)
{
    json_t *value = value_sure(json_object());
    value_set(value, "name", value_text(one->name));
    value_set(value, "value", value_text(one->value));
    value_set(value, "default", value_text(one->fallback));
    return value;
}

static json_t *bound_report(const report_bound *bound)
{
    json_t *value = value_sure(json_object());
    value_set(value, "bound", bound_value(bound->bound));
    value_set(value, "complete", json_boolean(bound->complete));
    value_set(value, "executions", value_count(bound->executions));
    value_set(value, "blocked", value_count(bound->blocked));
    value_set(value, "failures", value_count(bound->failures));
    return value;
}

static json_t *result_value(const report_result *result)
{
    json_t *value = value_sure(json_object());
    value_set(value, "request", value_text(result->request));
    value_set(value, "status", value_status(result->status));
    return value;
}

static json_t *segment_value(const report_segment *segment)
{
    json_t *value = value_sure(json_object());
    value_set(value, "instructions", value_count(segment->instructions));
    value_set(value, "failing", json_boolean(segment->failing));
    value_set_text(value, "label", segment->label);
    return value;
}

static json_t *window_value(const report_window *window)
{
    if (!window->measured)
        return value_sure(json_null());
    json_t *value = value_sure(json_object());
    value_set(value, "instructions", value_count(window->instructions));
    value_set(value, "of", value_count(window->of));
    value_set_text(value, "first", window->first);
    value_set_text(value, "last", window->last);
    value_set(value, "segments", JSON_LIST(window->segments, window->segment_count, segment_value));
    return value;
}

static void set_inputs(json_t *root, const report_run *run)
{
    value_set(root, "driver", driver_value(&run->driver));
    value_set(root, "os", value_text(run->os));
    value_set(root, "scenario", scenario_value(run));
}

static void set_model(json_t *root, const report_run *run)
{
    value_set(root, "memory_model", value_text(run->memory_model ? run->memory_model : "sequentially consistent"));
    value_set(root, "model", JSON_LIST(run->switches, run->switch_count, switch_value));
    value_set(root, "approximated", value_text_list(run->approximated, run->approximated_count));
}

static json_t *walks_value(const report_walks *walks)
{
    json_t *value = value_sure(json_object());
    value_set(value, "count", value_count(walks->count));
    value_set(value, "failing", value_count(walks->failing));
    value_set(value, "depth", value_count(walks->depth));
    value_set(value, "threads", value_count(walks->threads));
    value_set(value, "steps", value_count(walks->steps));
    return value;
}

static json_t *racer_value(const report_racer *side)
{
    json_t *value = value_sure(json_object());
    value_set(value, "thread", value_text(side->role));
    value_set(value, "access", value_text(side->write ? "write" : "read"));
    value_set(value, "symbol", value_text(side->place));
    value_set_text(value, "file", side->file);
    if (side->line)
        value_set(value, "line", value_count(side->line));
    return value;
}

static json_t *race_value(const report_race *race)
{
    json_t *value = value_sure(json_object());
    value_set(value, "object", value_text(race->object));
    value_set(value, "accesses", JSON_LIST(race->sides, 2, racer_value));
    return value;
}

static void set_verdict(json_t *root, const report_run *run)
{
    char text[LAB_CLAIM_SIZE];
    json_t *limits = value_sure(json_array());
    for (size_t i = 0; lab_verdict_limit(&run->evidence, i, text); i++)
        json_array_append_new(limits, value_text(text));
    value_set(root, "verdict", value_text(lab_verdict_name(run->verdict)));
    value_set(root, "claim", value_text(lab_verdict_claim(&run->evidence, text)));
    value_set(root, "limits", limits);
    if (run->find_stall)
        value_set(root, "smallest_stall",
                  run->stall_found ? value_count(run->smallest_stall) : value_sure(json_null()));
    value_set(root, "max_stall",
              run->evidence.max_stall ? value_count(run->evidence.max_stall) : value_sure(json_null()));
}

static json_t *run_value(const report_run *run)
{
    json_t *root = value_sure(json_object());
    value_set(root, "schema", value_text("airlock.explore/1"));
    set_inputs(root, run);
    set_verdict(root, run);
    value_set(root, "complete", json_boolean(run->complete));
    value_set(root, "bound", bound_value(run->bound));
    value_set(root, "executions", value_count(run->executions));
    value_set(root, "blocked", value_count(run->blocked));
    value_set(root, "points", value_count(run->points));
    value_set(root, "shared", value_count(run->shared));
    value_set(root, "seed", value_count(run->seed));
    set_model(root, run);
    value_set(root, "bounds", JSON_LIST(run->bounds, run->bound_count, bound_report));
    if (run->walks.count)
        value_set(root, "walks", walks_value(&run->walks));
    value_set(root, "results", JSON_LIST(run->results, run->result_count, result_value));
    value_set(root, "window", window_value(&run->window));
    value_set(root, "failures", JSON_LIST(run->failures, run->failure_count, value_failure));
    value_set(root, "data_races", JSON_LIST(run->races, run->race_count, race_value));
    value_set(root, "seconds", value_sure(json_real(run->seconds)));
    return root;
}

bool report_json(FILE *out, const report_run *run) { return json_write(out, run_value(run)); }

bool report_json_runs(FILE *out, const report_runs *runs)
{
    json_t *root = value_sure(json_object()), *list = value_sure(json_array());
    for (size_t i = 0; i < runs->count; i++)
        value_add(list, run_value(runs->runs[i]));
    value_set(root, "schema", value_text("airlock.explore-each/1"));
    value_set(root, "runs", list);
    return json_write(out, root);
}

bool report_json_replay(FILE *out, const report_replay *replay)
{
    json_t *root = value_sure(json_object());
    value_set(root, "schema", value_text("airlock.replay/1"));
    if (replay->run)
        set_inputs(root, replay->run);
    value_set(root, "schedule", value_text(replay->schedule));
    value_set(root, "replayed", json_boolean(replay->same));
    value_set_text(root, "mismatch", replay->mismatch);
    value_set(root, "rows", value_count(replay->rows));
    value_set(root, "instructions", value_count(replay->instructions));
    value_set(root, "digest", value_text(replay->digest));
    if (replay->run)
        set_model(root, replay->run);
    if (replay->windbg)
        value_set(root, "windbg", value_text_list(replay->windbg->lines, replay->windbg->count));
    value_set(root, "failure", replay->failure ? value_failure(replay->failure) : value_sure(json_null()));
    return json_write(out, root);
}
