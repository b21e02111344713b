/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the reader: lines, marks, rows of stacks, broken rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean.h"
#include "frame.h"
#include "join.h"
#include "known.h"
#include "lines.h"
#include "scan.h"
#include "triage.h"

/* Lines ------------------------------------------------------------------------------------------------------------ */

static char collected[4096];

static void collect(void *context, char *line, size_t length)
{
    (void)context;
    assert_int_equal(strlen(line), length);
    strcat(collected, line);
    strcat(collected, "|");
}

static void reads(const char *bytes, size_t size, const char *wanted)
{
    static lines l;
    collected[0] = '\0';
    lines_begin(&l, collect, NULL);
    lines_feed(&l, (const unsigned char *)bytes, size);
    lines_end(&l);
    assert_string_equal(collected, wanted);
}
#define READS(text, wanted) reads(text, sizeof text - 1, wanted)

static void line_ends_and_encodings(void **state)
{
    (void)state;
    READS("", "");
    READS("a", "a|");
    READS("ab\ncd", "ab|cd|");
    READS("ab\r\ncd\r\n", "ab|cd|");
    READS("ab\rcd\r", "ab|cd|");
    READS("ab\n\ncd\n", "ab||cd|");
    READS("\xEF\xBB\xBF"
          "ab\n",
          "ab|");
    READS("\xFF\xFE"
          "a\0b\0\r\0\n\0c\0",
          "ab|c|");
    READS("\xFE\xFF"
          "\0a\0b\0\n\0c",
          "ab|c|");
    READS("a\0b\0\n\0c\0", "ab|c|");
    READS("\0a\0b\0\n\0c", "ab|c|");
    READS("\xFF\xFE"
          "\x3D\xD8\x00\xDE"
          "x\0",
          "\xF0\x9F\x98\x80x|");
    READS("a\0b\n", "ab|"); /* a stray zero is no UTF-16 */
}

static void cleans(const char *line, const char *wanted)
{
    char buffer[512];
    snprintf(buffer, sizeof buffer, "%s", line);
    size_t length = clean_line(buffer, strlen(buffer));
    assert_string_equal(buffer, wanted);
    assert_int_equal(length, strlen(wanted));
}

static void marks_are_taken_off(void **state)
{
    (void)state;
    cleans("nt!KeBugCheckEx   ", "nt!KeBugCheckEx");
    cleans("> > nt!KeBugCheckEx", " nt!KeBugCheckEx");
    cleans(">> nt!X", " nt!X");
    cleans("| 00 nt!X", " 00 nt!X");
    cleans("```text", "");
    cleans("`nt!X+0x1`", "nt!X+0x1");
    cleans("&lt;Unloaded_x.sys&gt;+0x12 &amp; &#96; &#x60;&nbsp;.", "<Unloaded_x.sys>+0x12 & ` ` .");
    cleans("&nosuch; & <b>nt!X</b><br/>", "&nosuch; & nt!X");
    cleans("<Unloaded_x.sys>+0x12", "<Unloaded_x.sys>+0x12");
    cleans("a\xC2\xA0"
           "b\x01"
           "c\xFF",
           "a b?c?");
    cleans("nt!\xE2\x80\x98string\xE2\x80\x99", "nt!`string'");
}

static void prompts(void **state)
{
    (void)state;
    assert_string_equal(clean_prompt("0: kd> g"), "g");
    assert_string_equal(clean_prompt("kd> !process 0 17"), "!process 0 17");
    assert_string_equal(clean_prompt("lkd> k"), "k");
    assert_string_equal(clean_prompt("0:000> ~*k"), "~*k");
    assert_string_equal(clean_prompt("nt!X"), "nt!X");
}

/* Frames ------------------------------------------------------------------------------------------------------------ */

/* "sp ret module function offset source line" of a row, "-" if it is none. */
static const char *parsed(const char *line)
{
    static char text[512];
    frame_row r;
    if (!frame_parse(line, &r))
        return "-";
    snprintf(text, sizeof text, "%llx %llx %.*s!%.*s+%llx %.*s:%u%s%s%s", (unsigned long long)r.sp,
             (unsigned long long)r.ret, (int)r.module.length, r.module.length ? r.module.at : "",
             (int)r.function.length, r.function.length ? r.function.at : "", (unsigned long long)r.offset,
             (int)r.source.length, r.source.length ? r.source.at : "", r.source_line, r.unloaded ? " unloaded" : "",
             r.inlined ? " inlined" : "", r.open ? " open" : "");
    return text;
}

static void rows_of_every_kind(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"fffff880`03195030 fffff800`02db6057 nt!SeDefaultObjectMethod+0x57",
         "fffff88003195030 fffff80002db6057 nt!SeDefaultObjectMethod+57 :0"},
        {"0a fffff880`03195030 fffff800`02db6057 isolate!DriverEntry+0x72 [x:\\a b\\driver.cpp @ 43]",
         "fffff88003195030 fffff80002db6057 isolate!DriverEntry+72 x:\\a b\\driver.cpp:43"},
        {"00          fffff880`03195030 fffff800`02db6057 nt!X", "fffff88003195030 fffff80002db6057 nt!X+0 :0"},
        {"01       70 fffff880`03195030 fffff800`02db6057 nt!X+0x1", "fffff88003195030 fffff80002db6057 nt!X+1 :0"},
        {"fffff880`03195030 fffff800`02db6057 : 00000000`00000001 00000000`00000002 00000000`00000003 "
         "00000000`00000004 : "
         "nt!X+0x1 (TrapFrame @ fffff880`03195030)",
         "fffff88003195030 fffff80002db6057 nt!X+1 :0"},
        {"8dd9f5c0 832b78ad 85f6da70 00000000 807c7120 nt!KiSwapContext+0x26 (FPO: [Uses EBP] [0,0,4])",
         "8dd9f5c0 832b78ad nt!KiSwapContext+26 :0"},
        {"02 8dd9f5c0 832b78ad nt!KiSwapThread+0x266", "8dd9f5c0 832b78ad nt!KiSwapThread+266 :0"},
        {"fffff880`03195030 fffff800`02db6057 isolate+0x4f21", "fffff88003195030 fffff80002db6057 isolate!+4f21 :0"},
        {"fffff880`03195030 fffff800`02db6057 <Unloaded_isolate.sys>+0x1724",
         "fffff88003195030 fffff80002db6057 isolate.sys!+1724 :0 unloaded"},
        {"fffff880`03195030 fffff800`02db6057 0xfffff880`0799b724", "fffff88003195030 fffff80002db6057 !+0 :0"},
        {"fffff880`03195030 fffff800`02db6057", "fffff88003195030 fffff80002db6057 !+0 :0"},
        {"fffff880`03195030 fffff800`02db6057 nt! ?? ::NNGAKEGL::`string'+0x227d",
         "fffff88003195030 fffff80002db6057 nt! ?? ::NNGAKEGL::`string'+227d :0"},
        {"fffff880`03195030 fffff800`02db6057 Driver! StopWorkerQueues+0x14",
         "fffff88003195030 fffff80002db6057 Driver!StopWorkerQueues+14 :0"},
        {"fffff880`03195030 fffff800`02db6057 d!Queue<int, char *>::Stop+0x9",
         "fffff88003195030 fffff80002db6057 d!Queue<int, char *>::Stop+9 :0"},
        {"03 (Inline Function) --------`-------- d!Stop+0x9", "0 0 d!Stop+9 :0 inlined"},
        {"03 (Inline Function) -------- -------- -------- -------- d!Stop+0x9 (Inline Function @ 009c12cb) [a.c @ 7]",
         "0 0 d!Stop+9 a.c:7 inlined"},
        {"00000000`557c5820     <Unloaded_LibUtils.dll>+0x265fe", "0 557c5820 LibUtils.dll!+265fe :0 unloaded"},
        {"nt!KeBugCheckEx", "0 0 nt!KeBugCheckEx+0 :0"},
        {"BEDaisy+0x1720619                     <-- fault (paged)", "0 0 BEDaisy!+1720619 :0"},
        {"00 0012fef0 004119a3 app!main(", "12fef0 4119a3 app!main+0 :0 open"},
        {"00 0012fef0 004119a3 app!main( int argc = 0n1, char ** argv = 0x00 )+0x2a [c:\\app.c @ 9]",
         "12fef0 4119a3 app!main+2a c:\\app.c:9"},
        {"fffff880`03195030 fffff800`02db6057 : 00000000`00000001", "fffff88003195030 fffff80002db6057 !+0 :0 open"},
        {"fffff880`03195030 fffff800`02db6057 nt!X [c:\\some where",
         "fffff88003195030 fffff80002db6057 nt!X+0 :0 open"},
        {"fffff880`03195030 fffff800`02db6057 nt!X [[[[[[ @ 1", "fffff88003195030 fffff80002db6057 nt!X+0 :0 open"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(parsed(rows[i][0]), rows[i][1]))
            fail_msg("%s\n  want: %s\n  got:  %s", rows[i][0], rows[i][1], parsed(rows[i][0]));
}

static void what_is_no_row(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "isolate!StopWorkerQueues+0x14:",
        "the function nt!KeBugCheckEx is called",
        "nt!KeBugCheckEx is called",
        "fffff880`01000000 fffff880`0104c000   fltmgr     (pdb symbols)",
        "fffff880`07901060 mov byte ptr [rax], 0x00",
        "8dd9f5c0  832b78ad 85f6da70 00000000 807c7120",
        "832b78ad 85f6da70",
        "start             end                 module name",
        "!",
        "a!",
        "+0x12",
        "0: kd> k",
        "C++ is a language",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(parsed(rows[i]), "-"))
            fail_msg("%s: %s", rows[i], parsed(rows[i]));
}

/* Broken rows ------------------------------------------------------------------------------------------------------- */

static void take_row(void *context, char *text, uint32_t line)
{
    char row[1024];
    (void)context;
    snprintf(row, sizeof row, "%u:%s|", (unsigned)line, text);
    strcat(collected, row);
}

static void joins(const char *const *broken, const char *wanted)
{
    static join j;
    collected[0] = '\0';
    join_begin(&j, take_row, NULL);
    for (uint32_t i = 0; broken[i]; i++)
        join_add(&j, broken[i], strlen(broken[i]), i + 1);
    join_flush(&j);
    assert_string_equal(collected, wanted);
}

static void broken_rows_are_joined(void **state)
{
    (void)state;
    joins((const char *const[]){"fffff880`03195970 fffff800`02eb32c7", "Driver!DriverEntry+0x72 [x:\\driver.cpp",
                                "@ 43]", "fffff880`031959a0 fffff800`02eb36c5 nt!IopLoadDriver+0xa07", NULL},
          "1:fffff880`03195970 fffff800`02eb32c7 Driver!DriverEntry+0x72 [x:\\driver.cpp @ 43]|"
          "4:fffff880`031959a0 fffff800`02eb36c5 nt!IopLoadDriver+0xa07|");
    joins(
        (const char *const[]){"fffff880`03195970 fffff800`02eb32c7", "fffff880`031959a0 fffff800`02eb36c5 nt!X", NULL},
        "1:fffff880`03195970 fffff800`02eb32c7|2:fffff880`031959a0 fffff800`02eb36c5 nt!X|");
    joins((const char *const[]){"fffff880`03180860 fffff880`0799b724 nt!KiPageFault+0x23a",
                                "(TrapFrame @ fffff880`03180860)", NULL},
          "1:fffff880`03180860 fffff880`0799b724 nt!KiPageFault+0x23a (TrapFrame @ fffff880`03180860)|");
    joins((const char *const[]){"fffff880`03180860 fffff880`0799b724 : 00000000`00000001 00000000`00000002",
                                "00000000`00000003 00000000`00000004 : nt!X+0x1", NULL},
          "1:fffff880`03180860 fffff880`0799b724 : 00000000`00000001 00000000`00000002 00000000`00000003 "
          "00000000`00000004 : nt!X+0x1|");
    joins((const char *const[]){"THREAD fffffa80018b8b50  Cid 0004.0044  Teb: 0000000000000000",
                                "Win32Thread: 0000000000000000 RUNNING on processor 2", "Not impersonating", NULL},
          "1:THREAD fffffa80018b8b50  Cid 0004.0044  Teb: 0000000000000000 Win32Thread: 0000000000000000 RUNNING on "
          "processor 2|3:Not impersonating|");
    joins((const char *const[]){"nt!X", "prose", "", "nt!Y", NULL}, "1:nt!X|2:prose|3:|4:nt!Y|");
}

static void known_names(void **state)
{
    (void)state;
    assert_non_null(known_find("nt", "IopLoadDriver"));
    assert_ptr_equal(known_find("ntkrnlpa", "_IopLoadDriver@16"), known_find("nt", "IopLoadDriver"));
    assert_ptr_equal(known_find("FLTMGR", "FltpDoUnloadFilter"), known_find("fltmgr", "FltpDoUnloadFilter"));
    assert_null(known_find("isolate", "IopLoadDriver"));
    assert_null(known_find("nt", "NoSuchFunction"));
    assert_null(known_find(NULL, NULL));
    assert_non_null(known_find("nt", "__C_specific_handler"));
}

/* Every name in known.inc is found: the table is in order. */
static void known_table_is_sorted(void **state)
{
    (void)state;
#define X(module, name, kind, doing, outer) assert_non_null(known_find(module, name));
#include "known.inc"
#undef X
}

/* The ceiling ------------------------------------------------------------------------------------------------------- */

/* A log of threads that cannot matter costs no memory; those that can are found in it. */
static void a_long_log(void **state)
{
    (void)state;
    triage *t = triage_create();
    triage_begin(t, "log");
    for (unsigned i = 0; i < 20000; i++) {
        char text[512];
        int size =
            snprintf(text, sizeof text,
                     "THREAD fffffa80%08x  Cid 0104.%04x  Teb: 0 Win32Thread: 0 WAIT: (WrQueue) UserMode Alertable\n"
                     "        Child-SP          RetAddr           Call Site\n"
                     "        fffff880`03195030 fffff800`02db6057 nt!KiSwapContext+0x7a\n"
                     "        fffff880`03195090 00000000`00000000 nt!KiStartSystemThread+0x16\n\n",
                     i * 16, i & 0xffff);
        triage_feed(t, text, (size_t)size);
    }
    triage_finish(t);
    assert_int_equal(triage_model(t)->threads_seen, 20000);
    assert_int_equal(triage_model(t)->thread_count, 0);
    assert_true(triage_is_debugger_text(t));
    assert_false(triage_recognised(t));
    triage_destroy(t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends_and_encodings),
        cmocka_unit_test(marks_are_taken_off),
        cmocka_unit_test(prompts),
        cmocka_unit_test(rows_of_every_kind),
        cmocka_unit_test(what_is_no_row),
        cmocka_unit_test(broken_rows_are_joined),
        cmocka_unit_test(known_names),
        cmocka_unit_test(known_table_is_sorted),
        cmocka_unit_test(a_long_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
