/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe_left.c - the notes of the system's audit: what a driver left behind, what it did wrong. */
#include "describe_parts.h"

#include <string.h>

static const char *kind_name(uint32_t kind)
{
    switch (kind) {
    case HV_NOTE_LEFT_THREAD: return "thread";
    case HV_NOTE_LEFT_TIMER: return "timer";
    case HV_NOTE_LEFT_POOL: return "pool";
    case HV_NOTE_LEFT_DEVICE: return "device";
    case HV_NOTE_LEFT_REFERENCE: return "reference";
    case HV_NOTE_LEFT_CALLBACK: return "callback";
    case HV_NOTE_LEFT_HANDLE: return "handle";
    case HV_NOTE_LEFT_WORK_ITEM: return "work item";
    case HV_NOTE_LEFT_SYMLINK: return "symlink";
    case HV_NOTE_LEFT_IMAGE: return "image";
    case HV_NOTE_MISUSE: return "misuse";
    case HV_NOTE_STATE: return "state";
    default: return "other";
    }
}

/* Four characters, first one lowest, as pool tags are stored; what cannot be printed becomes a dot. */
static const char *tag_text(describer *d, uint64_t tag)
{
    char text[5];
    for (unsigned i = 0; i < 4; i++) {
        char c = (char)(tag >> (8 * i));
        text[i] = c >= ' ' && c <= '~' ? c : '.';
    }
    text[4] = '\0';
    return report_arena_copy(d->arena, text);
}

static const char *code_text(describer *d, uint64_t pc, bool call)
{
    unwind_frame frame = capture_frame_of(d->l, pc);
    frame.call = call;
    return frame.img ? name_text(d, &frame) : NULL;
}

/* Text and, for what will run code, which code: value[1] of threads and timers. */
static const char *note_text(describer *d, const struct hv_note *note)
{
    bool runs =
        note->kind == HV_NOTE_LEFT_THREAD || note->kind == HV_NOTE_LEFT_TIMER || note->kind == HV_NOTE_LEFT_WORK_ITEM;
    const char *routine = runs ? code_text(d, note->value[1], false) : NULL;
    if (!routine && note->kind == HV_NOTE_LEFT_TIMER) {
        routine = code_text(d, note->value[2], false);
    }
    return routine ? report_arena_printf(d->arena, "%.127s, routine %s", note->text, routine)
                   : report_arena_printf(d->arena, "%.127s", note->text);
}

static void describe_note(describer *d, const struct hv_note *note, report_left *out)
{
    bool pool = note->kind == HV_NOTE_LEFT_POOL;
    *out = (report_left){
        .kind = kind_name(note->kind),
        .text = note_text(d, note),
        .address = note->value[0],
        .size = pool ? note->value[1] : 0,
        .tag = pool ? tag_text(d, note->value[2]) : NULL,
        .made_by = code_text(d, note->value[3], true),
    };
}

const struct hv_note *describe_first_note(const capture *c)
{
    for (size_t i = 0; i < c->note_count; i++) {
        if (c->notes[i].kind < HV_NOTE_RESULT) {
            return &c->notes[i];
        }
    }
    return NULL;
}

void describe_left(describer *d, const capture *c, report_failure *out)
{
    out->left = report_arena_alloc(d->arena, c->note_count + 1, sizeof *out->left);
    for (size_t i = 0; i < c->note_count; i++) {
        if (c->notes[i].kind < HV_NOTE_RESULT) {
            describe_note(d, &c->notes[i], &out->left[out->left_count++]);
        }
    }
}
