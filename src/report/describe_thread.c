/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_thread.c - one thread, as !thread shows it. */
#include "describe_parts.h"

#include <inttypes.h>

const char *describe_role(describer *d, uint32_t number, lab_role role)
{
    machine_thread info;
    bool client = number == lab_load_client(d->l) || number == lab_unload_client(d->l);
    if (!client && (role == LAB_ROLE_LOAD || role == LAB_ROLE_UNLOAD)) {
        return role == LAB_ROLE_LOAD ? "load" : "unload";
    }
    if (machine_thread_info(lab_machine(d->l), number, &info) == MACHINE_OK && info.label && *info.label) {
        return report_arena_copy(d->arena, info.label);
    }
    return report_arena_printf(d->arena, "thread %" PRIu32, number);
}

/* "isolate!WorkerThread, thread 41" for a thread of the driver's own. */
static const char *role_from(describer *d, uint32_t number, lab_role role, bool labelled, uint64_t start)
{
    unwind_frame at = capture_frame_of(d->l, start);
    const char *function = name_function(d, &at);
    if (role == LAB_ROLE_LOAD || role == LAB_ROLE_UNLOAD || labelled || !function) {
        return describe_role(d, number, role);
    }
    return report_arena_printf(d->arena, "%s, thread %" PRIu32, function, number);
}

static const char *role_of(describer *d, const capture_thread *t)
{
    return role_from(d, t->number, t->role, *t->label, t->start);
}

const char *describe_who(describer *d, uint32_t number, lab_role role)
{
    machine_thread info;
    bool known = machine_thread_info(lab_machine(d->l), number, &info) == MACHINE_OK;
    return role_from(d, number, role, known && info.label && *info.label, capture_start_of(d->l, number));
}

static const char *object_type(uint8_t type)
{
    switch (type) {
    case 0: return "NotificationEvent";
    case 1: return "SynchronizationEvent";
    case 2: return "Mutant";
    case 5: return "Semaphore";
    case 6: return "Thread";
    case 8: return "NotificationTimer";
    case 9: return "SynchronizationTimer";
    default: return "object";
    }
}

static bool is_waiting(const capture_thread *t)
{
    return t->info.state == MACHINE_THREAD_BLOCKED || t->info.state == MACHINE_THREAD_TIMED;
}

/* Each thread has a processor of its own: a thread that stands where the explorer held it back is running. */
static const char *state_of(describer *d, const capture_thread *t)
{
    switch (t->info.state) {
    case MACHINE_THREAD_GONE: return "TERMINATED";
    case MACHINE_THREAD_TIMED:
    case MACHINE_THREAD_BLOCKED:
        return t->info.spinning
                   ? report_arena_printf(d->arena, "RUNNING on processor %" PRIu32 ", in a loop", t->number)
                   : "WAIT: (Executive) KernelMode Non-Alertable";
    default: return report_arena_printf(d->arena, "RUNNING on processor %" PRIu32, t->number);
    }
}

static const char *waits_for(describer *d, const capture_thread *t)
{
    if (!is_waiting(t) || !t->info.wait_object) {
        return NULL;
    }
    const char *name = name_data(d, t->info.wait_object);
    return report_arena_printf(d->arena, "%s  %s%s%s", name_address(d, t->info.wait_object),
                               t->dispatcher ? object_type(t->object_type) : "lock of the system", name ? " " : "",
                               name ? name : "");
}

/* x86 passes arguments on the stack: three words that may be some, as WinDbg's `kb` shows them. */
static void read_arguments(describer *d, const unwind_frame *frame, report_frame *out)
{
    out->has_arguments = !lab_is_wide(d->l);
    for (size_t i = 0; i < 3 && out->has_arguments && frame->frame_pointer; i++) {
        out->arguments[i] = (uint32_t)lab_word(d->l, frame->frame_pointer + 8 + 4 * i);
    }
}

static void describe_frame(describer *d, const unwind_frame *frame, report_frame *out)
{
    const symbol *name = name_of(d, frame);
    *out = (report_frame){.pc = frame->pc,
                          .child_sp = lab_is_wide(d->l) ? frame->child_sp : frame->frame_pointer,
                          .return_address = frame->return_address,
                          .trap_frame = frame->trap_frame,
                          .doubtful = frame->doubtful};
    read_arguments(d, frame, out);
    if (name) {
        out->text = report_arena_copy(d->arena, name->text);
        out->module = report_arena_copy(d->arena, name->module);
        out->file = report_arena_copy(d->arena, name->file);
        out->line = name->line;
    }
}

void describe_thread(describer *d, const capture_thread *t, report_thread *out)
{
    unwind_frame start = capture_frame_of(d->l, t->start);
    *out = (report_thread){
        .role = role_of(d, t),
        .kthread = t->kthread,
        .cid_process = t->cid_process,
        .cid_thread = t->cid_thread,
        .state = state_of(d, t),
        .waits_for = waits_for(d, t),
        .start_address = t->start,
        .start_symbol = start.img ? name_text(d, &start) : NULL,
        .stack_base = t->stack_base,
        .stack_limit = t->stack_limit,
        .stack_current = t->info.sp,
        .instructions = t->info.instructions,
        .irql = is_waiting(t) ? 0 : t->irql, /* the system raises it while it waits */
        .frame_count = t->stack->count,
        .truncated = t->stack->end != UNWIND_COMPLETE,
    };
    out->frames = report_arena_alloc(d->arena, t->stack->count + 1, sizeof *out->frames);
    for (size_t i = 0; i < t->stack->count; i++) {
        describe_frame(d, &t->stack->frames[i], &out->frames[i]);
    }
}
