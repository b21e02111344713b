/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nt_test.c - traps, exceptions, bug checks and the run-time library of nt, on the real machine, without the rest of nt
 * (kernel.c). Each test's output, its end and the stack it ends with are compared as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../arch.h"
#include "../transcript.h"
#include "scopes_text.h"
#include "unwind.h"

#define FRAMES 32

typedef struct {
    machine *m;
    transcript seen;
} fixture;

static size_t read_guest(void *context, uint64_t address, void *buffer, size_t size)
{
    return machine_read(((fixture *)context)->m, address, buffer, size);
}

static bool find_module(void *context, uint64_t address, unwind_module *module)
{
    const machine_module *found = machine_module_at(((fixture *)context)->m, address);
    if (found) {
        *module = (unwind_module){found->img, found->base};
    }
    return found != NULL;
}

static const char *function(const unwind_frame *frame)
{
    const image_symbol *symbols;
    size_t count = frame->img ? image_symbols(frame->img, &symbols) : 0;
    const char *name = "?";
    for (size_t i = 0; i < count && symbols[i].rva <= frame->rva - frame->call; i++) {
        if (i == 0 || symbols[i].rva != symbols[i - 1].rva) {
            name = symbols[i].name;
        }
    }
    return name;
}

/* Names of the functions on the thread's stack, innermost first; "!" before the frame that a trap interrupted. */
static void walk(fixture *f, uint32_t thread)
{
    unwind_source source = {test_arch(), read_guest, find_module, f};
    machine_registers registers;
    unwind_frame frames[FRAMES];
    size_t count;
    assert_int_equal(machine_thread_registers(f->m, thread, &registers), MACHINE_OK);
    unwind_end end = unwind_walk(&source, &registers, frames, FRAMES, &count);
    for (size_t i = 0; i < count; i++) {
        transcript_add(&f->seen, "%s%s", i && frames[i - 1].trap_frame ? "!" : "", function(&frames[i]));
        transcript_add(&f->seen, i + 1 < count ? " " : "\n");
    }
    if (end != UNWIND_COMPLETE) {
        transcript_add(&f->seen, "%s\n", unwind_end_text(end));
    }
}

/* What a parameter is, without addresses that depend on the build. */
static void parameter(fixture *f, const machine_end *end, uint64_t value)
{
    const machine_module *module = machine_module_at(f->m, value);
    if (value == end->stop.trap_frame && value) {
        transcript_add(&f->seen, " trap-frame");
    } else if (value == end->stop.context && value) {
        transcript_add(&f->seen, " context");
    } else if (module) {
        unwind_frame frame = {.img = module->img, .rva = (uint32_t)(value - module->base)};
        transcript_add(&f->seen, " %s%s", module->trusted ? "" : "driver!", function(&frame));
    } else if (machine_page_kind(f->m, value) == HV_PAGE_NONE) {
        transcript_add(&f->seen, " %llx", (unsigned long long)value);
    } else {
        transcript_add(&f->seen, " memory");
    }
}

static void compare(const char *test, const char *expected)
{
    fixture f = {0};
    image *kernel, *driver;
    size_t size;
    char options[64];
    machine_end end;
    assert_int_equal(image_read_file(getenv("AIRLOCK_NT_TEST_KERNEL"), &kernel), IMAGE_OK);
    f.m = machine_create(test_arch());
    machine_set_printer(f.m, transcript_print, &f.seen);
    assert_int_equal(machine_add_image(f.m, kernel, true), MACHINE_OK);
    const void *bytes = image_bytes(kernel, &size);
    assert_int_equal(image_open("driver.sys", bytes, size, &driver), IMAGE_OK);
    assert_int_equal(machine_add_image(f.m, driver, false), MACHINE_OK);
    snprintf(options, sizeof options, "/TEST=%s", test);
    if (machine_boot(f.m, options) != MACHINE_OK) {
        fail_msg("boot: %s", machine_error(f.m));
    }
    machine_run(f.m, 2, 0, transcript_keep_going, NULL);
    machine_ending(f.m, &end);
    if (end.kind == MACHINE_STOPPED) {
        transcript_add(&f.seen, "stop %x", end.stop.code);
        for (int i = 0; i < 4; i++) {
            parameter(&f, &end, end.stop.parameter[i]);
        }
        transcript_add(&f.seen, "\n");
        walk(&f, end.thread);
    } else if (end.kind != MACHINE_SHUT_DOWN) {
        transcript_add(&f.seen, "ended by %d: %s\n", (int)end.kind, machine_error(f.m));
        walk(&f, 2);
    }
    assert_string_equal(f.seen.text, expected);
    machine_destroy(f.m);
    image_close(driver);
    image_close(kernel);
}

/* The same test on either processor; where stacks differ, each has its own text. */
static const char *either(const char *x64, const char *x86) { return test_arch() == MACHINE_X64 ? x64 : x86; }

#define ROOT64 "PspSystemThreadStartup KiStartSystemThread\n"
#define ROOT86 "PspSystemThreadStartup KiThreadStartup\n"
#define UNHANDLED64                                                                                         \
    "KeBugCheckEx PspUnhandledExceptionInSystemThread __C_specific_handler RtlpExecuteHandlerForException " \
    "RtlDispatchException KiDispatchException KiExceptionDispatch KiPageFault !"
#define UNHANDLED86                                                                                   \
    "KeBugCheckEx PspUnhandledExceptionInSystemThread PspSystemThreadStartup$filt$0 ExecuteHandler2 " \
    "ExecuteHandler RtlDispatchException KiDispatchException CommonDispatchException KiTrap0E !"

/* A page fault that becomes a bug check where it happens, or behind `by`. */
static void stops(const char *test, const char *stop, const char *by64, const char *by86, const char *stack)
{
    char expected[512];
    snprintf(expected, sizeof expected,
             either("%s\nKeBugCheckEx %sKiPageFault !%s " ROOT64, "%s\nKeBugCheckEx %sKiTrap0E !%s " ROOT86), stop,
             either(by64, by86), stack);
    compare(test, expected);
}

static void handled(void **state)
{
    (void)state;
    char expected[1024];
    snprintf(expected, sizeof expected,
             "none 0\n"
             "null c0000005\n"
             "status c0000017\n"
             "break 80000003\n"
             "divide c0000094\n"
             "call c0000005\n"
             "finally 1\n"
             "finally c0000005\n"
             "inner c0000005\n"
             "nested c0000017\n"
             "filter c0000005 at pc, 2: 0 0\n"
             "filtered c0000005\n"
             "filter c0000005 at pc, 2: 0 0\n"
             "read 42\n"
             "continued 0\n"
             "finally 0\n"
             "finally 1\n"
             "collided c0000005\n"
             "registers 0\n"
             "trap frame %s\n"
             "ended 0\n",
             either("0000000000000000", "00000000"));
    compare("seh", expected);
}

/* Scopes of one routine, as MSVC lays them out for x86. For x64 a compiler writes them (drivers/selftest). */
static void scopes(void **state)
{
    (void)state;
    if (test_arch() != MACHINE_X86) {
        skip();
    }
    compare("scopes", SCOPES_TEXT("-1") "ended 0\n");
}

static void returned(void **state)
{
    (void)state;
    compare("return", either("context 0000000000001234\nended 0\n", "context 00001234\nended 0\n"));
}

static void unhandled(void **state)
{
    (void)state;
    compare("null",
            either("stop 7e ffffffffc0000005 ReadAt memory context\n" UNHANDLED64 "ReadAt Crash TestNull " ROOT64,
                   "stop 7e c0000005 ReadAt memory context\n" UNHANDLED86 "ReadAt Crash TestNull " ROOT86));
    compare("user", either("stop 3b ffffffffc0000005 ReadAt context 0\n" UNHANDLED64 "ReadAt Crash TestUser " ROOT64,
                           "stop 8e c0000005 ReadAt trap-frame 0\n" UNHANDLED86 "ReadAt Crash TestUser " ROOT86));
}

static void bad_access(void **state)
{
    (void)state;
    stops("null-irql", "stop a 0 2 0 ReadAt", "KiBugCheckDispatch ", "", "ReadAt Crash TestNullIrql");
    stops("kernel", either("stop 50 fffff88012345678 0 ReadAt 2", "stop 50 92345678 0 ReadAt 2"), "MmAccessFault ",
          "MmAccessFault ", "ReadAt TryExecute TestKernel");
    stops("freed", "stop cc memory 0 ReadAt 0", "MmAccessFault ", "MmAccessFault ", "ReadAt TestFreed");
    stops("overrun", "stop cd memory 1 TestOverrun 0", "MmAccessFault ", "MmAccessFault ", "TestOverrun");
}

static void non_canonical(void **state)
{
    (void)state;
    if (test_arch() != MACHINE_X64) {
        skip();
    }
    compare("non-canonical", "non-canonical c0000005\nended 0\n");
    compare("non-canonical-50", "stop 50 ffffffffffffffff 0 ReadAt 4\n"
                                "KeBugCheckEx KiCheckNonCanonical KiGeneralProtectionFault !ReadAt NonCanonical "
                                "TestNonCanonical50 " ROOT64);
}

/* Where the instruction lies, and whether the image is still there, decides the name. */
static void renamed(void **state)
{
    (void)state;
    stops("driver-irql", "stop d1 0 2 0 driver!ReadAt", "KiBugCheckDispatch ", "", "ReadAt TestDriverIrql");
    stops("driver-freed", "stop d5 memory 0 driver!ReadAt 0", "MmAccessFault ", "MmAccessFault ",
          "ReadAt TestDriverFreed");
    stops("unloaded", "stop ce driver!ReadAt 8 driver!ReadAt 0", "MmAccessFault ", "MmAccessFault ",
          "ReadAt TestUnloaded");
    stops("unloaded-read", "stop 50 driver!ReadAt 0 ReadAt 0", "MmAccessFault ", "MmAccessFault ",
          "ReadAt TestUnloadedRead");
    stops("unloaded-irql", "stop d4 driver!ReadAt 2 0 ReadAt", "KiBugCheckDispatch ", "", "ReadAt TestUnloadedIrql");
}

static void stopped(void **state)
{
    (void)state;
    compare("fastfail", either("stop 139 3 trap-frame memory 0\nKeBugCheckEx KiBugCheckDispatch KiFastFailDispatch "
                               "KiRaiseSecurityCheckFailure !TestFastFail " ROOT64,
                               "stop 139 3 trap-frame memory 0\nKeBugCheckEx KiRaiseSecurityCheckFailure "
                               "!TestFastFail " ROOT86));
    compare("manual", either("stop e2 1 2 3 4\nKeBugCheckEx TestManual " ROOT64,
                             "stop e2 1 2 3 4\nKeBugCheckEx TestManual " ROOT86));
}

static void strings(void **state)
{
    (void)state;
    compare("strings", "init 30 32\n"
                       "equal 0 1\n"
                       "compare -32\n"
                       "prefix 1\n"
                       "append 0 c0000023\n"
                       "'\\Device\\Tail' 0\n"
                       "upcase 0 '\\DEVICE\\TAIL'\n"
                       "letters c4 391 401 436\n"
                       "hash 0 4e40d8a1\n"
                       "ansi 0 '\\device\\isolate' 16\n"
                       "unicode 0 fc 20ac\n"
                       "integer 0 -31\n"
                       "char 0 127\n"
                       "text 0 '3000000000'\n"
                       "guid 0 112233\n"
                       "back 0 {00112233-4455-6677-8899-AABBCCDDEEFF}\n"
                       "wcs -1 0 7 0\n"
                       "safe 0 '1234567' 34 ''\n"
                       "move ABCABCDEFGHIJKLMNOPaaaaa 3\n"
                       "time 2024-02-04 22:50:45.123 0 4567\n"
                       "ended 0\n");
}

static void names(void **state)
{
    (void)state;
    compare("names", "'Device' 'Isolate\\x'\nmatch 111111\nno match 0000\nended 0\n");
}

static void trace(void **state)
{
    (void)state;
    compare("trace", "trace 3 11\nimage 1 1\nended 0\n");
}

static void format(void **state)
{
    (void)state;
    char expected[2048];
    snprintf(expected, sizeof expected, "%s%s%s%512sended 0\n",
             "[-7] [   42] [42   ] [-0042] [+5] [ 5]\n"
             "[4000000000] [beef] [BEEF] [0xbeef] [10] [0000beef] [007]\n"
             "[123456789abcdef] [-1] [9] [4464] [ff]\n"
             "[",
             either("FFFFF80012345678", "12345678"),
             "] [text] [     right] [left  ] [cu] [c]\n"
             "[wide] [wide] [wide] [w] [(null)] [(null)]\n"
             "[(null)] [   1] [ab] [%] [y]\n"
             "4 -1 5 '12345' -1 ''\n"
             "20 'wide narrow (null) 3'\n",
             "");
    compare("format", expected);
}

static void tables(void **state)
{
    (void)state;
    compare("tables", "tables 0 bad, 87 left\nbits 44 43 -1 50\nare 1 0 1\nended 0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returned),      cmocka_unit_test(handled), cmocka_unit_test(unhandled),
        cmocka_unit_test(bad_access),    cmocka_unit_test(renamed), cmocka_unit_test(stopped),
        cmocka_unit_test(strings),       cmocka_unit_test(format),  cmocka_unit_test(tables),
        cmocka_unit_test(names),         cmocka_unit_test(trace),   cmocka_unit_test(scopes),
        cmocka_unit_test(non_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
