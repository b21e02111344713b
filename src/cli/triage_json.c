/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "triage_report.h"

#include "json_value.h"

static json_t *evidence_value(const triage_log *log, const triage_evidence *e)
{
    json_t *value = value_sure(json_object());
    value_set(value, "file", value_text(log->files[e->file]));
    value_set(value, "line", value_count(e->line));
    value_set(value, "text", value_text(e->text));
    value_set(value, "why", value_text(e->why));
    return value;
}

static json_t *frame_value(const triage_frame *f)
{
    json_t *value = value_sure(json_object());
    value_set(value, "line", value_count(f->line));
    value_set(value, "module", value_text(f->module));
    value_set(value, "function", value_text(f->function));
    if (f->has_offset)
        value_set(value, "offset", value_hex(f->offset));
    if (f->source) {
        value_set(value, "source", value_text(f->source));
        value_set(value, "source_line", value_count(f->source_line));
    }
    value_set_address(value, "child_sp", f->sp);
    value_set_address(value, "return_address", f->ret);
    if (f->unloaded)
        value_set(value, "unloaded", json_true());
    return value;
}

static json_t *thread_value(const triage_log *log, const triage_thread *t, const char *label)
{
    json_t *value = value_sure(json_object());
    char cid[32];
    value_set(value, "role", value_text(label));
    value_set(value, "file", value_text(log->files[t->file]));
    value_set(value, "line", value_count(t->line));
    value_set_address(value, "id", t->id);
    if (t->has_cid) {
        snprintf(cid, sizeof cid, "%04x.%04x", t->process_id, t->thread_id);
        value_set(value, "cid", value_text(cid));
    }
    value_set_text(value, "state", t->state_text);
    value_set(value, "crashed", json_boolean(t->crashed));
    value_set(value, "frames", JSON_LIST(t->frames, t->frame_count, frame_value));
    return value;
}

static json_t *evidence_list(const triage_log *log, const triage_finding *f)
{
    json_t *list = value_sure(json_array());
    for (size_t i = 0; i < f->evidence_count; i++)
        value_add(list, evidence_value(log, &f->evidence[i]));
    return list;
}

static json_t *threads_value(const triage_log *log, const triage_finding *f)
{
    json_t *list = value_sure(json_array());
    for (size_t i = 0; i < 2; i++)
        if (f->threads[i])
            value_add(list, thread_value(log, f->threads[i], f->labels[i]));
    return list;
}

static json_t *scenario_value(const triage_scenario *s)
{
    json_t *value = value_sure(json_object());
    value_set(value, "os", value_text(s->os));
    value_set(value, "load", value_text(s->load));
    value_set(value, "unload", value_text(s->unload));
    return value;
}

static json_t *finding_value(const triage_log *log, const triage_finding *f)
{
    json_t *value = value_sure(json_object());
    value_set(value, "rule", value_text(triage_rule_name(f->rule)));
    value_set(value, "confidence", value_text(triage_confidence_name(f->confidence)));
    value_set(value, "driver", value_text(f->driver));
    value_set(value, "title", value_text(f->title));
    value_set(value, "mechanism", value_text(f->mechanism));
    value_set(value, "affected", value_text(f->affected));
    value_set(value, "evidence", evidence_list(log, f));
    value_set(value, "threads", threads_value(log, f));
    value_set(value, "remedies", value_text_list(f->remedies, f->remedy_count));
    value_set(value, "next", value_text_list(f->next, f->next_count));
    value_set(value, "scenario", scenario_value(&f->scenario));
    return value;
}

static json_t *bugcheck_value(const triage_log *log, const triage_bugcheck *b)
{
    json_t *value = value_sure(json_object());
    json_t *args = value_sure(json_array());
    for (unsigned i = 0; i < b->arg_count; i++)
        value_add(args, value_hex(b->args[i]));
    value_set(value, "file", value_text(log->files[b->file]));
    value_set(value, "line", value_count(b->line));
    value_set(value, "code", value_count(b->code));
    value_set(value, "name", value_text(b->name));
    value_set(value, "args", args);
    value_set(value, "driver", value_text(b->driver));
    return value;
}

static json_t *lab_value(const triage_lab *lab)
{
    if (lab->answer == TRIAGE_LAB_NOT_ASKED)
        return value_sure(json_null());
    json_t *value = value_sure(json_object());
    value_set(value, "answer", value_text(triage_lab_answer_name(lab->answer)));
    value_set(value, "driver", value_text(lab->driver));
    value_set(value, "command", value_text(lab->command));
    value_set(value, "failures", value_count(lab->failures));
    value_set(value, "schedules", value_count(lab->schedules));
    if (*lab->title)
        value_set(value, "title", value_text(lab->title));
    if (*lab->at)
        value_set(value, "at", value_text(lab->at));
    if (*lab->replay)
        value_set(value, "replay", value_text(lab->replay));
    return value;
}

bool triage_json(FILE *out, const triage *t, const triage_lab *lab)
{
    json_t *root = value_sure(json_object());
    const triage_finding *findings;
    size_t count = triage_findings(t, &findings);
    const triage_log *log = triage_model(t);
    json_t *bugchecks = value_sure(json_array()), *found = value_sure(json_array());
    for (size_t i = 0; i < log->bugcheck_count; i++)
        value_add(bugchecks, bugcheck_value(log, &log->bugchecks[i]));
    for (size_t i = 0; i < count; i++)
        value_add(found, finding_value(log, &findings[i]));
    value_set(root, "schema", value_text("airlock.triage/1"));
    value_set(root, "files", value_text_list(log->files, log->file_count));
    value_set(root, "lines", value_count(log->lines));
    value_set(root, "threads", value_count(log->threads_seen));
    value_set(root, "threads_dropped", value_count(log->threads_dropped));
    value_set(root, "bugchecks", bugchecks);
    value_set(root, "recognised", json_boolean(triage_recognised(t)));
    value_set(root, "findings", found);
    value_set(root, "lab", lab_value(lab));
    bool written =
        json_dumpf(root, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && fputc('\n', out) != EOF && fflush(out) == 0;
    json_decref(root);
    return written;
}
