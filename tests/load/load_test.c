/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load_test.c - loading and unloading through the whole miniature NT, one plain schedule each: a thread runs until it
 * waits, time passes when nobody can run. What the drivers (drivers/) print, the notes and the end are compared as
 * text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "machine.h"

#define IMAGES 8

typedef struct {
    machine *m;
    image *images[IMAGES];
    size_t image_count;
    char text[4096];
    size_t size;
} fixture;

static void append(fixture *f, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    f->size += (size_t)vsnprintf(f->text + f->size, sizeof f->text - f->size, format, list);
    va_end(list);
    assert_true(f->size < sizeof f->text);
}

static void on_print(void *context, uint32_t thread, const char *text, size_t size)
{
    (void)thread;
    append(context, "%.*s", (int)size, text);
}

static bool keep_going(void *context, const machine_step *step)
{
    (void)context;
    (void)step;
    return true;
}

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
            append(f, "hang\n");
            return;
        }
        assert_int_equal(machine_run(f->m, thread, 0, keep_going, NULL), MACHINE_OK);
    }
    if (end.kind == MACHINE_STOPPED) {
        append(f, "bug check %x\n", end.stop.code);
    } else if (end.kind != MACHINE_SHUT_DOWN) {
        append(f, "end %d: %s\n", (int)end.kind, machine_error(f->m));
    }
}

static void print_notes(fixture *f)
{
    const struct hv_note *notes;
    size_t count = machine_notes(f->m, &notes);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].kind == HV_NOTE_RESULT) {
            append(f, "%s %x\n", notes[i].text, (uint32_t)notes[i].value[0]);
        } else {
            append(f, "note %u %s\n", notes[i].kind, notes[i].text);
        }
    }
}

static void expect(const char *drivers, const char *options, const char *wanted)
{
    static const char *const system_images[] = {"ntoskrnl.exe", "hal.dll", "fltmgr.sys", "session.exe"};
    fixture f = {.m = machine_create(MACHINE_X64)};
    char list[128], *rest = list;
    for (size_t i = 0; i < sizeof system_images / sizeof system_images[0]; i++) {
        add(&f, "NT", system_images[i], true);
    }
    snprintf(list, sizeof list, "%s", drivers);
    for (char *name = strsep(&rest, " "); name; name = strsep(&rest, " ")) {
        add(&f, strncmp(name, "fault-", 6) && strcmp(name, "isolate.sys") ? "LOAD_DRIVERS" : "DRIVERS", name, false);
    }
    machine_set_printer(f.m, on_print, &f);
    assert_int_equal(machine_boot(f.m, options), MACHINE_OK);
    run(&f);
    print_notes(&f);
    if (strcmp(f.text, wanted)) {
        print_error("options: %s\nwant:\n%sgot:\n%s", options, wanted, f.text);
        fail();
    }
    machine_destroy(f.m);
    while (f.image_count) {
        image_close(f.images[--f.image_count]);
    }
}

static void test_states(void **state)
{
    (void)state;
    expect("states.sys", "/OS=win7 /LOAD=sc /UNLOAD=sc /ORDER=sequential /SERVICE=states /FILE=states.sys",
           "states loaded\nstates unloaded\nload 0\nunload 0\n");
    expect("states.sys", "/OS=xp /LOAD=nt /UNLOAD=nt /ORDER=sequential /SERVICE=states /FILE=states.sys",
           "states loaded\nstates unloaded\nload 0\nunload 0\n");
}

static void test_registry(void **state)
{
    (void)state;
    expect("registry.sys",
           "/OS=win7 /LOAD=sc /UNLOAD=sc /ORDER=sequential /SERVICE=registry /FILE=registry.sys /REG:Given=0x2a",
           "registry done\nload c0000365\nunload c0070426\n");
}

static void test_unload_pending(void **state)
{
    (void)state;
    expect("pending.sys", "/OS=win7 /LOAD=sc /UNLOAD=sc /ORDER=sequential /SERVICE=pending /FILE=pending.sys",
           "pending unloaded\npending closed\nload 0\nunload 0\n");
}

static void test_load_in_load(void **state)
{
    (void)state;
    expect(
        "twice.sys defer.sys",
        "/OS=win7 /LOAD=sc /UNLOAD=sc /ORDER=sequential /SERVICE=twice /FILE=twice.sys /SERVICE2=defer "
        "/FILE2=defer.sys",
        "defer loaded\ndefer unloaded\ndefer loaded\ntwice loaded\ntwice unloaded\ndefer unloaded\nload 0\nunload 0\n");
}

static void unload_during_load(const char *model, const char *wanted)
{
    char options[256];
    snprintf(options, sizeof options, "/LOAD=sc /UNLOAD=nt /ORDER=race /SERVICE=defer /FILE=defer.sys %s", model);
    expect("defer.sys", options, wanted);
}

/* Who serialises unload against load, and how. */
static void test_unload_during_load(void **state)
{
    (void)state;
    unload_during_load("/OS=win7", "defer unloaded\nbug check ce\nunload 0\n");
    unload_during_load("/OS=win7 /MODEL:load-lock=load-and-unload", "defer loaded\ndefer unloaded\nload 0\nunload 0\n");
    unload_during_load("/OS=win8 /MODEL:win8-serialise=wait", "defer loaded\ndefer unloaded\nload 0\nunload 0\n");
    unload_during_load("/OS=win8 /MODEL:win8-serialise=fail",
                       "defer loaded\ndefer unloaded\nunload 80000011\nload 0\n");
    unload_during_load("/OS=win8 /MODEL:win8-serialise=defer", "defer loaded\ndefer unloaded\nunload 103\nload 0\n");
}

static void test_service_control_manager(void **state)
{
    (void)state;
    expect("defer.sys", "/OS=win7 /LOAD=sc /UNLOAD=sc /ORDER=race /SERVICE=defer /FILE=defer.sys",
           "defer loaded\ndefer unloaded\nunload c0070425\nload 0\n");
}

static void test_minifilter(void **state)
{
    static const char *const unload[] = {"fltmc", "sc", "nt"};
    char options[256];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        snprintf(options, sizeof options,
                 "/OS=win7 /LOAD=sc /UNLOAD=%s /ORDER=sequential /SERVICE=isolate /FILE=isolate.sys", unload[i]);
        expect("isolate.sys", options, "load 0\nunload 0\n");
    }
}

static void test_what_is_left(void **state)
{
    (void)state;
    expect("fault-leak.sys", "/OS=win7 /LOAD=sc /UNLOAD=sc /ORDER=sequential /SERVICE=fault-leak /FILE=fault-leak.sys",
           "load 0\nunload 0\n"
           "note 4 fault-leak.sys: a device was not deleted\n"
           "note 10 fault-leak.sys: the image stays in memory although it was unloaded\n"
           "note 3 fault-leak.sys: pool was not freed\n");
}

static void test_missing_file(void **state)
{
    (void)state;
    expect("defer.sys", "/OS=win7 /LOAD=sc /UNLOAD=none /SERVICE=absent /FILE=absent.sys", "load c0000034\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_unload_pending),
        cmocka_unit_test(test_load_in_load),
        cmocka_unit_test(test_unload_during_load),
        cmocka_unit_test(test_service_control_manager),
        cmocka_unit_test(test_minifilter),
        cmocka_unit_test(test_what_is_left),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
