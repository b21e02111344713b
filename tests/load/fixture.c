/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../arch.h"
#include "../transcript.h"
#include "profile.h"

#define IMAGES 16

typedef struct {
    machine *m;
    image *images[IMAGES];
    size_t image_count;
    transcript seen;
} fixture;

static void add(fixture *f, const char *variable, const char *name, bool trusted)
{
    const char *directory = getenv(variable);
    char path[512];
    assert_non_null(directory);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(image_read_file(path, &f->images[f->image_count]), 0);
    assert_int_equal(machine_add_image(f->m, f->images[f->image_count++], trusted), MACHINE_OK);
}

static uint32_t next_thread(machine *m, uint32_t current)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS];
    size_t ready_count, timed_count;
    machine_enabled(m, ready, &ready_count, timed, &timed_count);
    for (size_t i = 0; i < ready_count; i++) {
        if (ready[i] == current) {
            return current;
        }
    }
    return ready_count ? ready[0] : timed_count ? timed[0] : 0;
}

static void run(fixture *f)
{
    machine_end end;
    uint32_t thread = 0;
    for (machine_ending(f->m, &end); end.kind == MACHINE_RUNNING; machine_ending(f->m, &end)) {
        thread = next_thread(f->m, thread);
        if (!thread) {
            transcript_add(&f->seen, "hang\n");
            return;
        }
        assert_int_equal(machine_run(f->m, thread, 0, transcript_keep_going, NULL), MACHINE_OK);
    }
    if (end.kind == MACHINE_STOPPED) {
        transcript_add(&f->seen, "bug check %x\n", end.stop.code);
    } else if (end.kind != MACHINE_SHUT_DOWN) {
        transcript_add(&f->seen, "end %d: %s\n", (int)end.kind, machine_error(f->m));
    }
}

static void print_notes(fixture *f)
{
    const struct hv_note *notes;
    size_t count = machine_notes(f->m, &notes);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].kind == HV_NOTE_RESULT) {
            transcript_add(&f->seen, "%s %x\n", notes[i].text, (uint32_t)notes[i].value[0]);
        } else {
            transcript_add(&f->seen, "note %u %s\n", notes[i].kind, notes[i].text);
        }
    }
}

/* "/OS=xp" in the options. */
static lab_os os_of(const char *options)
{
    char name[8] = "";
    const char *os = strstr(options, "/OS=");
    if (os != NULL)
        sscanf(os, "/OS=%7s", name);
    return os != NULL ? (lab_os)lab_os_parse(name) : LAB_WIN7;
}

bool fixture_has(const char *name)
{
    char path[512];
    const char *directory = getenv("LOAD_DRIVERS");
    snprintf(path, sizeof path, "%s/%s", directory ? directory : "", name);
    return access(path, R_OK) == 0;
}

void expect(const char *drivers, const char *options, const char *wanted)
{
    static const char *const system_images[] = {"ntoskrnl.exe", "hal.dll", "fltmgr.sys", "session.exe"};
    fixture f = {.m = machine_create(test_arch())};
    char list[128], *rest = list;
    for (size_t i = 0; i < sizeof system_images / sizeof system_images[0]; i++) {
        add(&f, "NT", system_images[i], true);
    }
    snprintf(list, sizeof list, "%s", drivers);
    for (char *name = strsep(&rest, " "); name; name = strsep(&rest, " ")) {
        add(&f, fixture_has(name) ? "LOAD_DRIVERS" : "DRIVERS", name, false);
    }
    lab_scenario scenario = {.driver = f.images[0], .os = os_of(options)};
    machine_set_export_filter(f.m, profile_export, &scenario);
    machine_set_printer(f.m, transcript_print, &f.seen);
    assert_int_equal(machine_boot(f.m, options), MACHINE_OK);
    run(&f);
    print_notes(&f);
    if (strcmp(f.seen.text, wanted)) {
        print_error("options: %s\nwant:\n%sgot:\n%s", options, wanted, f.seen.text);
        fail();
    }
    machine_destroy(f.m);
    while (f.image_count) {
        image_close(f.images[--f.image_count]);
    }
}
