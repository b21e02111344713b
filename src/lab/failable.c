/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "failable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule.h"

static lab_status take_notes(lab *l, lab_call **calls, size_t *count)
{
    const struct hv_note *notes;
    size_t note_count = machine_notes(lab_machine(l), &notes);
    *calls = calloc(note_count + 1, sizeof **calls);
    if (!*calls) {
        return LAB_NO_MEMORY;
    }
    for (size_t i = 0; i < note_count; i++) {
        if (notes[i].kind == HV_NOTE_CALL) {
            lab_call *call = &(*calls)[(*count)++];
            size_t length = strcspn(notes[i].text, " ");
            snprintf(call->name, sizeof call->name, "%.*s", (int)length, notes[i].text);
            snprintf(call->failure, sizeof call->failure, "%.63s",
                     notes[i].text + length + (notes[i].text[length] != 0));
        }
    }
    return LAB_OK;
}

lab_status lab_list_calls(const lab_scenario *scenario, lab_call **calls, size_t *count, char *error)
{
    const lab_schedule in_order = {0};
    lab_scenario listing = *scenario;
    lab *l;
    listing.fail = LAB_FAIL_LIST;
    listing.sequential = true;
    *calls = NULL;
    *count = 0;
    lab_status status = lab_create(&listing, &l, error);
    if (status != LAB_OK) {
        return status;
    }
    status = lab_schedule_run(l, &in_order, NULL, NULL);
    if (status == LAB_OK) {
        status = take_notes(l, calls, count);
    } else {
        snprintf(error, 256, "%s", lab_error(l));
    }
    lab_destroy(l);
    return status;
}
