/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_failure.c - one failure as JSON: the same facts as failure.c prints. */
#include <inttypes.h>
#include <stdio.h>

#include "bugchecks.h"
#include "classes.h"
#include "json_value.h"

/* Threads -------------------------------------------------------------------------------------------------------- */

static json_t *frame_name(const report_frame *frame)
{
    return frame->text ? value_text(frame->text) : value_hex(frame->pc);
}

static json_t *frame_value(const report_frame *frame)
{
    json_t *value = value_sure(json_object());
    value_set(value, "symbol", frame_name(frame));
    value_set(value, "pc", value_hex(frame->pc));
    value_set(value, "child_sp", value_hex(frame->child_sp));
    value_set(value, "return_address", value_hex(frame->return_address));
    if (frame->has_arguments) {
        json_t *arguments = value_sure(json_array());
        for (size_t i = 0; i < 3; i++)
            value_add(arguments, value_hex(frame->arguments[i]));
        value_set(value, "arguments", arguments);
        value_set(value, "caller_doubtful", json_boolean(frame->doubtful));
    }
    value_set_text(value, "module", frame->module);
    value_set_text(value, "file", frame->file);
    if (frame->line)
        value_set(value, "line", value_count(frame->line));
    value_set_address(value, "trap_frame", frame->trap_frame);
    return value;
}

static json_t *thread_value(const report_thread *thread)
{
    json_t *value = value_sure(json_object()), *frames = value_sure(json_array()), *stack = value_sure(json_array());
    char cid[32];
    for (size_t i = 0; i < thread->frame_count; i++) {
        value_add(frames, frame_name(&thread->frames[i]));
        value_add(stack, frame_value(&thread->frames[i]));
    }
    value_set(value, "name", value_text(thread->role));
    value_set(value, "state", value_text(thread->state));
    value_set(value, "frames", frames);
    snprintf(cid, sizeof cid, "%04x.%04x", thread->cid_process, thread->cid_thread);
    value_set(value, "cid", value_text(cid));
    value_set_address(value, "kthread", thread->kthread);
    value_set_text(value, "waits_for", thread->waits_for);
    value_set_text(value, "start", thread->start_symbol);
    value_set(value, "irql", value_count(thread->irql));
    value_set(value, "instructions", value_count(thread->instructions));
    value_set_address(value, "stack_base", thread->stack_base);
    value_set_address(value, "stack_limit", thread->stack_limit);
    value_set(value, "stack", stack);
    value_set(value, "truncated", json_boolean(thread->truncated));
    return value;
}

/* Failures ------------------------------------------------------------------------------------------------------- */

static json_t *bugcheck_value(const report_bugcheck *bugcheck)
{
    if (!bugcheck->code)
        return value_sure(json_null());
    json_t *value = value_sure(json_object()), *args = value_sure(json_array()), *meanings = value_sure(json_array());
    for (size_t i = 0; i < 4; i++) {
        char text[REPORT_ARGUMENT_SIZE];
        value_add(args, value_hex(bugcheck->args[i]));
        value_add(meanings,
                  value_text(bugcheck->meaning[i] ? bugcheck->meaning[i]
                                                  : report_bugcheck_argument(bugcheck->code, bugcheck->args, i, text)));
    }
    value_set(value, "code", value_count(bugcheck->code));
    value_set(value, "name", value_text(bugcheck->name ? bugcheck->name : report_bugcheck_name(bugcheck->code)));
    value_set(value, "args", args);
    value_set(value, "meanings", meanings);
    return value;
}

static json_t *registers_value(const report_registers *r)
{
    json_t *value = value_sure(json_object());
#define REGISTER(name) value_set(value, #name, value_hex(r->name))
#define LOWER(name)    value_set(value, "e" #name, value_hex(r->r##name))
    if (r->narrow) {
        LOWER(ax), LOWER(bx), LOWER(cx), LOWER(dx), LOWER(si), LOWER(di), LOWER(ip), LOWER(sp), LOWER(bp);
        value_set(value, "eflags", value_hex(r->rflags));
        return value;
    }
    REGISTER(rax), REGISTER(rbx), REGISTER(rcx), REGISTER(rdx), REGISTER(rsi), REGISTER(rdi), REGISTER(rip);
    REGISTER(rsp), REGISTER(rbp), REGISTER(r8), REGISTER(r9), REGISTER(r10), REGISTER(r11), REGISTER(r12);
    REGISTER(r13), REGISTER(r14), REGISTER(r15), REGISTER(rflags);
#undef LOWER
#undef REGISTER
    value_set(value, "partial", json_boolean(r->partial));
    return value;
}

static json_t *fault_value(const report_fault *fault)
{
    static const char *const access[] = {"unknown", "read", "write", "execute"};
    if (!fault->pc)
        return value_sure(json_null());
    json_t *value = value_sure(json_object());
    value_set(value, "symbol", value_text(fault->symbol));
    value_set(value, "place", value_text(fault->place));
    value_set(value, "pc", value_hex(fault->pc));
    value_set_text(value, "instruction", fault->instruction);
    value_set_text(value, "file", fault->file);
    if (fault->line)
        value_set(value, "line", value_count(fault->line));
    if (fault->exception)
        value_set(value, "exception", value_status(fault->exception));
    if (fault->has_address) {
        value_set(value, "access", value_text(access[fault->access]));
        value_set(value, "address", value_hex(fault->address));
        value_set_text(value, "address_text", fault->address_text);
    }
    value_set_address(value, "trap_frame", fault->trap_frame);
    if (fault->has_registers)
        value_set(value, "registers", registers_value(&fault->registers));
    return value;
}

static json_t *step_value(const report_step *step)
{
    static const char *const columns[] = {"load", "unload", "other"};
    json_t *value = value_sure(json_object());
    value_set(value, "thread", value_text(step->thread ? step->thread : columns[step->column]));
    value_set(value, "column", value_text(columns[step->column]));
    value_set(value, "until", value_text(step->text));
    value_set_text(value, "what", step->what);
    value_set_text(value, "file", step->file);
    if (step->line)
        value_set(value, "line", value_count(step->line));
    value_set(value, "instructions", value_count(step->instructions));
    value_set(value, "preempted", json_boolean(step->preempted));
    return value;
}

static json_t *moment_value(const report_moment *moment)
{
    json_t *value = value_sure(json_object());
    value_set(value, "at", value_text(moment->text));
    value_set(value, "schedule", value_text(moment->schedule));
    value_set(value, "preemptions", value_count(moment->preemptions));
    value_set(value, "executions", value_count(moment->executions));
    if (moment->other) {
        json_t *frames = value_sure(json_array());
        for (size_t i = 0; i < moment->other->frame_count; i++)
            value_add(frames, frame_name(&moment->other->frames[i]));
        value_set(value, "frames", frames);
    }
    return value;
}

static json_t *left_value(const report_left *left)
{
    json_t *value = value_sure(json_object());
    value_set(value, "kind", value_text(left->kind));
    value_set_text(value, "text", left->text);
    value_set_address(value, "address", left->address);
    if (left->size)
        value_set(value, "bytes", value_count(left->size));
    value_set_text(value, "tag", left->tag);
    value_set_text(value, "made_by", left->made_by);
    return value;
}

static json_t *side_value(const report_side *side)
{
    json_t *value = value_sure(json_object());
    value_set(value, "thread", value_text(side->role));
    value_set(value, "does", value_text(side->verb));
    value_set(value, "access", value_text(side->write ? "write" : "read"));
    value_set(value, "symbol", value_text(side->place));
    value_set_text(value, "file", side->file);
    if (side->line)
        value_set(value, "line", value_count(side->line));
    value_set_text(value, "called_by", side->caller);
    value_set_text(value, "before", side->found);
    value_set_text(value, "after", side->left);
    value_set_text(value, "before_if_swapped", side->otherwise);
    value_set(value, "late", json_boolean(side->late));
    return value;
}

static json_t *pair_value(const report_pair *pair)
{
    if (!pair || !pair->found)
        return value_sure(json_null());
    json_t *value = value_sure(json_object());
    value_set(value, "object", value_text(pair->object));
    value_set(value, "first", side_value(&pair->sides[0]));
    value_set(value, "second", side_value(&pair->sides[1]));
    value_set(value, "passing_schedule", value_text(pair->schedule));
    value_set(value, "tries", value_count(pair->tries));
    return value;
}

json_t *value_failure(const report_failure *failure)
{
    json_t *value = value_sure(json_object());
    value_set(value, "class", value_text(failure->kind));
    value_set(value, "title", value_text(failure->title));
    value_set_text(value, "class_meaning", report_class_meaning(failure->kind));
    value_set(value, "bugcheck", bugcheck_value(&failure->bugcheck));
    value_set(value, "fault", fault_value(&failure->fault));
    value_set(value, "schedule", value_text(failure->schedule));
    value_set(value, "preemptions", value_count(failure->preemptions));
    value_set(value, "executions", value_count(failure->executions));
    value_set(value, "threads", JSON_LIST(failure->threads, failure->thread_count, thread_value));
    value_set(value, "race", value_text(failure->race));
    value_set_text(value, "race_object", failure->race_object);
    value_set_text(value, "decides", failure->decides ? failure->decides->text : NULL);
    value_set(value, "critical_pair", pair_value(failure->decides));
    value_set(value, "steps", JSON_LIST(failure->steps, failure->step_count, step_value));
    value_set(value, "moments", JSON_LIST(failure->moments, failure->moment_count, moment_value));
    value_set(value, "left_behind", JSON_LIST(failure->left, failure->left_count, left_value));
    value_set(value, "loop", value_text_list(failure->loop, failure->loop_count));
    value_set(value, "output", value_text_list(failure->output, failure->output_count));
    value_set(value, "replay", value_text(failure->replay));
    return value;
}
