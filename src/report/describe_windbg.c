/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_windbg.c - the steps with which a kernel debugger brings a real machine into a schedule's failure.
 *
 * A kernel debugger cannot freeze one thread of several. So the thread is given a jump to itself (eb fe) where it has to
 * stand still: it then spins on a processor of its own, at whatever IRQL it has, while everything else goes on.
 */
#include "describe_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bugchecks.h"
#include "stops.h"

#define LINES_MOST 64u

typedef struct {
    describer *d;
    const stop_plan *plan;
    report_recipe *out;
    unsigned step;
} recipe;

static void add_line(recipe *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_line(recipe *r, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->out->count < LINES_MOST) {
        r->out->lines[r->out->count++] = report_arena_copy(r->d->arena, text);
    }
}

static const char *os_words(lab_os os)
{
    return os == LAB_XP ? "Windows XP" : os == LAB_WIN7 ? "Windows 7" : "Windows 8";
}

/* What is typed on the machine. */
static void add_load(recipe *r)
{
    const lab_scenario *s = lab_scenario_of(r->d->l);
    char name[LAB_NAME_SIZE];
    lab_started_service(s, name);
    if (s->load == LAB_LOAD_SC) {
        add_line(r, "      C:\\> sc start %s", name);
    } else {
        add_line(r, "      a program of yours calls NtLoadDriver for the service %s", name);
    }
}

static void add_unload(recipe *r)
{
    const lab_scenario *s = lab_scenario_of(r->d->l);
    char name[LAB_NAME_SIZE];
    lab_stopped_service(s, name);
    if (s->unload == LAB_UNLOAD_NT) {
        add_line(r, "      a program of yours calls NtUnloadDriver for the service %s", name);
    } else {
        add_line(r, "      C:\\> %s %s", s->unload == LAB_UNLOAD_FLTMC ? "fltmc unload" : "sc stop", name);
    }
}

static const char *side_words(lab_role role)
{
    return role == LAB_ROLE_LOAD     ? "the loading thread"
           : role == LAB_ROLE_UNLOAD ? "the unloading thread"
                                     : "the thread";
}

/* Windows has other bytes there than the lab: WinDbg has to show them. */
static bool is_systems(const stop_place *stop) { return stop->kind == STOP_ENTRY || stop->kind == STOP_RETURN; }

/* Why there, if it is not the schedule's own place. */
static const char *place_words(recipe *r, const stop_place *stop)
{
    const char *function = stop->inside.img ? name_function(r->d, &stop->inside) : NULL;
    function = function ? function : "the system";
    switch (stop->kind) {
    case STOP_AFTER: return report_arena_printf(r->d->arena, "%s has just returned", function);
    case STOP_BEFORE: return report_arena_printf(r->d->arena, "it is about to call %s", function);
    case STOP_ENTRY: return "at its entry; nothing else may be loaded meanwhile";
    case STOP_RETURN: return "where DriverEntry returns to; nothing else may be loaded meanwhile";
    case STOP_LEFT: return report_arena_printf(r->d->arena, "the driver's last instruction, %s comes next", function);
    default: return "the schedule's own place";
    }
}

/* By function for people, by offset in the module where there is no function. */
static const char *address_words(recipe *r, const stop_place *stop)
{
    const symbol *name = name_of(r->d, &stop->frame);
    return name && name->function ? name->text : name_place(r->d, stop->pc);
}

/* The place as it is known when the thread stands there. */
static const char *patch_words(recipe *r, size_t i)
{
    const stop_place *stop = &r->plan->stops[i];
    return stop->kind == STOP_RETURN ? report_arena_printf(r->d->arena, "@$t%zu", i + 1) : address_words(r, stop);
}

/* Where DriverEntry returns to is known when it has been called. */
static void add_breakpoint(recipe *r, size_t i)
{
    const stop_place *stop = &r->plan->stops[i];
    const char *address = address_words(r, stop), *place = name_place(r->d, stop->pc);
    bool offset = !is_systems(stop) && strcmp(address, place) != 0;
    char pass[16] = "";
    if (stop->pass > 1) {
        snprintf(pass, sizeof pass, " %u", stop->pass);
    }
    if (stop->kind == STOP_RETURN) {
        const image *driver = lab_scenario_of(r->d->l)->driver;
        char module[64];
        symbols_module_name(driver, module, sizeof module);
        add_line(r, "      kd> bu%zu /1 %s+0x%" PRIx32 " \"bp%zu poi(@$csp); g\"", i + 1, module, image_entry(driver),
                 i + 5);
    } else {
        add_line(r, "      kd> bu%zu /1 %s%s", i + 1, address, pass);
    }
    add_line(r, "          * %s: %s%s%s", side_words(stop->role), offset ? place : "", offset ? ", " : "",
             place_words(r, stop));
}

static void add_step(recipe *r, const char *text) { add_line(r, "  %u.  %s", ++r->step, text); }

/* It stands at its breakpoint: make it stay. */
static void add_freeze(recipe *r, size_t i)
{
    const stop_place *stop = &r->plan->stops[i];
    add_line(r, "  %u.  The debugger breaks in: %s. Make it stay there, on a processor of its own:", ++r->step,
             side_words(stop->role));
    if (stop->kind == STOP_RETURN) {
        add_line(r, "      kd> bc %zu", i + 5);
        add_line(r, "      kd> r $t%zu = @$ip", i + 1);
    }
    if (is_systems(stop)) {
        add_line(r, "      kd> db %s L2", patch_words(r, i));
    }
    add_line(r, "      kd> eb %s eb fe", patch_words(r, i));
}

static void add_release(recipe *r, size_t i)
{
    const stop_place *stop = &r->plan->stops[i];
    if (is_systems(stop)) {
        add_line(r, "      kd> eb %s, and the two bytes that db has shown", patch_words(r, i));
    } else {
        add_line(r, "      kd> eb %s %02x %02x", patch_words(r, i), stop->bytes[0], stop->bytes[1]);
    }
}

static void add_end(recipe *r)
{
    const lab_ending *e = &r->plan->ending.ending;
    unwind_frame frame = e->pc ? capture_frame_of(r->d->l, e->pc) : (unwind_frame){0};
    const char *place = frame.img ? name_text(r->d, &frame) : NULL;
    if (e->kind == LAB_BUGCHECK || e->kind == LAB_DOUBLE_FAULT) {
        add_line(r, "      The system stops: %s (%x)%s%s", report_bugcheck_name(e->stop.code), e->stop.code,
                 place ? ", " : "", place ? place : "");
    } else if (e->kind == LAB_DEADLOCK || e->kind == LAB_LIVELOCK) {
        add_line(r, "      It hangs, class %s: break in, and look at the threads with !process 4 1f", e->class_name);
    } else {
        add_line(r, "      Nothing stops, but the driver has left something behind, class %s: see the report",
                 e->class_name);
    }
}

/* The thread that stands still may be the one whose code goes away: then nothing has to be let go. */
static bool falls_by_itself(const stop_plan *plan)
{
    const stop_place *last = &plan->stops[plan->count - 1];
    return plan->ending.ending.thread == last->freeze.thread && !strcmp(plan->ending.ending.class_name, "F4") &&
           !is_systems(last);
}

static void add_last_step(recipe *r)
{
    const stop_plan *plan = r->plan;
    if (!plan->ending.held && !falls_by_itself(plan)) {
        add_line(r, "  %u.  When nothing happens any more: break in (Ctrl+Break), and let it go on:", ++r->step);
        add_release(r, plan->count - 1);
        add_line(r, "      kd> g");
    } else if (!plan->ending.held) {
        add_step(r, "The code under the thread that spins is unmapped:");
    }
    add_end(r);
}

static void add_steps(recipe *r)
{
    const stop_plan *plan = r->plan;
    bool unload_first = plan->stops[0].role == LAB_ROLE_UNLOAD;
    add_line(r,
             "WINDBG    %s with two processors or more, a kernel debugger, the driver's symbols. Checked in the lab:",
             os_words(lab_scenario_of(r->d->l)->os));
    add_line(r, "          with threads that stand still at these places it ends in %s.",
             plan->ending.ending.failure == plan->wanted.failure ? "the schedule's failure"
                                                                 : "a failure of the same class");
    add_step(r, "Break in, and set the breakpoints:");
    for (size_t i = 0; i < plan->count; i++) {
        add_breakpoint(r, i);
    }
    add_line(r, "      kd> g");
    add_step(r, "In one window:");
    unload_first ? add_unload(r) : add_load(r);
    add_freeze(r, 0);
    add_line(r, "      kd> g");
    add_step(r, "In another window:");
    unload_first ? add_load(r) : add_unload(r);
    if (plan->count > 1) {
        add_freeze(r, 1);
        add_line(r, "      and let %s go on:", side_words(plan->stops[0].role));
        add_release(r, 0);
        add_line(r, "      kd> g");
    }
    add_last_step(r);
}

static void add_refusal(recipe *r)
{
    const stop_plan *plan = r->plan;
    if (plan->wanted.kind == LAB_PASSED) {
        add_line(r, "WINDBG    no recipe: the schedule ends in no failure");
    } else if (!plan->preemptions) {
        add_line(r, "WINDBG    no recipe: no thread is stopped where it could go on; the two commands are enough");
    } else if (plan->preemptions > STOPS_MOST) {
        add_line(
            r, "WINDBG    no recipe: the schedule stops threads %zu times, and a recipe holds %u at most. Perhaps the",
            plan->preemptions, STOPS_MOST);
        add_line(r, "          report has another schedule, or one that --bound 2 finds");
    } else {
        add_line(
            r, "WINDBG    no recipe: the schedule switches inside the system, and in the lab no place in the driver's "
               "code near");
        add_line(r, "          it leads to this failure");
    }
}

static void name_all(describer *d, const stop_plan *plan)
{
    name_list names = {0};
    unwind_frame end = plan->ending.ending.pc ? capture_frame_of(d->l, plan->ending.ending.pc) : (unwind_frame){0};
    names_add(&names, &end);
    for (size_t i = 0; i < plan->count; i++) {
        names_add(&names, &plan->stops[i].frame);
        names_add(&names, &plan->stops[i].inside);
    }
    names_resolve(d, &names);
}

lab_status describe_windbg(describer *d, const lab_schedule *schedule, report_recipe *out)
{
    stop_plan plan;
    *out = (report_recipe){.lines = report_arena_alloc(d->arena, LINES_MOST, sizeof *out->lines)};
    lab_status status = stops_find(d->l, schedule, &plan);
    recipe r = {.d = d, .plan = &plan, .out = out};
    if (status != LAB_OK) {
        return status;
    }
    if (plan.count) {
        name_all(d, &plan);
        add_steps(&r);
    } else {
        add_refusal(&r);
    }
    return LAB_OK;
}
