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

#include <cmocka.h>

#include "../arch.h"
#include "../nt/scopes_text.h"
#include "fixture.h"

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
           "pending unloaded\npending closed\nload 0\nunload c0070426\n");
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

/* 32-bit scopes as /GS has them: in the order of those without (nt_test.c). */
static void test_scopes(void **state)
{
    (void)state;
    if (test_arch() != MACHINE_X86) {
        skip();
    }
    expect("eh4.sys", "/OS=xp /LOAD=sc /UNLOAD=sc /ORDER=sequential /SERVICE=eh4 /FILE=eh4.sys",
           SCOPES_TEXT("-2") "load 0\nunload 0\n");
}

/* Windows 8 gives it a value; a driver built for that does not start where it has none. Needs lld-link. */
static void test_security_cookie(void **state)
{
    (void)state;
    if (!fixture_has("cookie.sys")) {
        skip();
    }
    expect("cookie.sys", "/OS=win8 /LOAD=sc /UNLOAD=none /SERVICE=cookie /FILE=cookie.sys", "load 0\n");
    expect("cookie.sys", "/OS=win7 /LOAD=nt /UNLOAD=none /SERVICE=cookie /FILE=cookie.sys", "load c0000365\n");
}

#define IN_ORDER " /LOAD=nt /UNLOAD=nt /ORDER=sequential "

/* What a Windows lacks fails the load before DriverEntry: STATUS_DRIVER_ENTRYPOINT_NOT_FOUND. */
static void test_missing_import(void **state)
{
    bool has_2003 = test_arch() == MACHINE_X64; /* Windows XP for x64 is version 5.2 */
    (void)state;
    expect("guarded.sys", "/OS=xp" IN_ORDER "/SERVICE=guarded /FILE=guarded.sys",
           has_2003 ? "guarded loaded\nload 0\nunload 0\n" : "load c0000263\nunload c0000034\n");
    expect("guarded.sys", "/OS=win7" IN_ORDER "/SERVICE=guarded /FILE=guarded.sys",
           "guarded loaded\nload 0\nunload 0\n");
    expect("newer.sys", "/OS=xp" IN_ORDER "/SERVICE=newer /FILE=newer.sys", "load c0000263\nunload c0000034\n");
    expect("newer.sys", "/OS=win7" IN_ORDER "/SERVICE=newer /FILE=newer.sys", "load c0000263\nunload c0000034\n");
    expect("newer.sys", "/OS=win8" IN_ORDER "/SERVICE=newer /FILE=newer.sys", "newer loaded\nload 0\nunload 0\n");
    expect("fault-unknown-import.sys",
           "/OS=win8" IN_ORDER "/SERVICE=fault-unknown-import /FILE=fault-unknown-import.sys",
           "load c0000263\nunload c0000034\n");
}

/* Whatever FLT_REGISTRATION's version when the driver was built. */
static void test_registration_versions(void **state)
{
    static const char *const windows[] = {"xp", "win7", "win8"}, *const versions[] = {"0200", "0201", "0202", "0203"};
    char file[32], options[256], wanted[256];
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        for (size_t k = 0; k < sizeof windows / sizeof *windows; k++) {
            snprintf(file, sizeof file, "filter-%s.sys", versions[i]);
            snprintf(options, sizeof options,
                     "/OS=%s /LOAD=sc /UNLOAD=fltmc /ORDER=sequential /SERVICE=filter-%s /FILE=%s", windows[k],
                     versions[i], file);
            snprintf(wanted, sizeof wanted,
                     "filter 0x%s: instance\nfilter 0x%s: teardown\nfilter 0x%s: unloaded\nload 0\nunload 0\n",
                     versions[i], versions[i], versions[i]);
            expect(file, options, wanted);
        }
}

/* What else drivers ask for when they load. */
static void test_system_services(void **state)
{
    (void)state;
    expect("asks.sys", "/OS=xp" IN_ORDER "/SERVICE=asks /FILE=asks.sys", "asks done\nload 0\nunload 0\n");
    expect("provider.sys", "/OS=win7" IN_ORDER "/SERVICE=provider /FILE=provider.sys",
           "provider done\nload 0\nunload 0\n");
    expect("provider.sys", "/OS=xp" IN_ORDER "/SERVICE=provider /FILE=provider.sys",
           "load c0000263\nunload c0000034\n");
}

/* Callbacks that Windows takes from images linked with /INTEGRITYCHECK alone. */
static void test_integrity(void **state)
{
    (void)state;
    expect("watches.sys", "/OS=win7" IN_ORDER "/SERVICE=watches /FILE=watches.sys",
           "processes 0\nprocesses c000000d\nobjects 0\nload 0\nunload 0\n");
    expect("watches-unsigned.sys", "/OS=win7" IN_ORDER "/SERVICE=watches-unsigned /FILE=watches-unsigned.sys",
           "processes c0000022\nprocesses c0000022\nobjects c0000022\nload 0\nunload 0\n");
    expect("watches.sys", "/OS=xp" IN_ORDER "/SERVICE=watches /FILE=watches.sys", "load c0000263\nunload c0000034\n");
}

static void test_large_image(void **state)
{
    (void)state;
    expect("large.sys", "/OS=xp" IN_ORDER "/SERVICE=large /FILE=large.sys",
           "large loaded\nlarge unloaded\nload 0\nunload 0\n");
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
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_security_cookie),
        cmocka_unit_test(test_missing_import),
        cmocka_unit_test(test_registration_versions),
        cmocka_unit_test(test_system_services),
        cmocka_unit_test(test_integrity),
        cmocka_unit_test(test_large_image),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
