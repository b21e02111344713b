/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe_test.c - the sample file (NTOSKRNL.exe: DbgPrint, #7; FLTMGR.SYS: FltRegisterFilter) against small tables. */
#include "probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../image/sample_pe.h"

static uint8_t file[SAMPLE_SIZE];

static image *open_file(void)
{
    image *img = NULL;
    assert_int_equal(image_open("sample.sys", file, sizeof file, &img), IMAGE_OK);
    return img;
}

/* The second import of the first module is by ordinal: drop it, to have a driver that needs nothing unusual. */
static image *open_plain_sample(void)
{
    sample_pe(file, true);
    sample_put(file + SAMPLE_IMPORTS + 0x88, 0, 8);
    return open_file();
}

static image *open_plain_x86_sample(void)
{
    sample_pe(file, false);
    sample_put(file + SAMPLE_IMPORTS + 0x84, 0, 4);
    return open_file();
}

#define TABLE(dbgprint, filter)                        \
    "# module\tname\tsince\tfidelity\tnote\n"          \
    "ntoskrnl.exe\tDbgPrint\t" dbgprint "\tmodelled\n" \
    "fltmgr.sys\tFltRegisterFilter\t" filter "\tapproximated\tno contexts\n"

static void imports_by_module(void **state)
{
    (void)state;
    image *img = open_plain_sample();
    probe *p = probe_image(img, TABLE("w2k", "xpsp2"));
    assert_int_equal(p->kind, PROBE_MINIFILTER);
    assert_int_equal(p->module_count, 2);
    assert_string_equal(p->modules[0].name, "fltmgr.sys");
    assert_true(p->modules[0].known);
    assert_string_equal(p->modules[0].imports[0].name, "FltRegisterFilter");
    assert_int_equal(p->modules[0].imports[0].fidelity, PROBE_APPROXIMATED);
    assert_string_equal(p->modules[0].imports[0].note, "no contexts");
    assert_string_equal(p->modules[1].name, "ntoskrnl.exe");
    assert_int_equal(p->modules[1].imports[0].fidelity, PROBE_MODELLED);
    assert_null(p->modules[1].imports[0].note);
    assert_int_equal(p->counts[PROBE_MODELLED], 1);
    assert_int_equal(p->counts[PROBE_APPROXIMATED], 1);
    assert_int_equal(p->counts[PROBE_MISSING], 0);
    probe_destroy(p);
    image_close(img);
}

/* What xp, win7 and win8 say of a driver that needs what the table has. */
static void check_image(image *img, const char *table, probe_verdict xp, probe_verdict win7, probe_verdict win8)
{
    probe *p = probe_image(img, table);
    assert_int_equal(p->profiles[LAB_XP].verdict, xp);
    assert_int_equal(p->profiles[LAB_WIN7].verdict, win7);
    assert_int_equal(p->profiles[LAB_WIN8].verdict, win8);
    probe_destroy(p);
    image_close(img);
}

static void check_since(const char *table, probe_verdict xp, probe_verdict win7, probe_verdict win8)
{
    check_image(open_plain_x86_sample(), table, xp, win7, win8);
}

static void windows_versions(void **state)
{
    (void)state;
    check_since(TABLE("w2k", "w2k"), PROBE_LOADS, PROBE_LOADS, PROBE_LOADS);
    check_since(TABLE("xpsp3", "xp"), PROBE_LOADS, PROBE_LOADS, PROBE_LOADS);
    check_since(TABLE("2003", "xp"), PROBE_LACKS, PROBE_LOADS, PROBE_LOADS);
    check_image(open_plain_sample(), TABLE("2003", "xp"), PROBE_LOADS, PROBE_LOADS, PROBE_LOADS); /* XP x64 is 5.2 */
    check_image(open_plain_sample(), TABLE("vista", "xp"), PROBE_LACKS, PROBE_LOADS, PROBE_LOADS);
    check_since(TABLE("vistasp1", "xp"), PROBE_LACKS, PROBE_LOADS, PROBE_LOADS);
    check_since(TABLE("win7", "vista"), PROBE_LACKS, PROBE_LOADS, PROBE_LOADS);
    check_since(TABLE("win8", "xp"), PROBE_LACKS, PROBE_LACKS, PROBE_LOADS);
    check_since(TABLE("win8.1", "xp"), PROBE_LACKS, PROBE_LACKS, PROBE_LACKS);
    check_since(TABLE("win10", "xp"), PROBE_LACKS, PROBE_LACKS, PROBE_LACKS);
}

static void what_stops_a_load(void **state)
{
    (void)state;
    image *img = open_plain_sample();
    probe *p = probe_image(img, TABLE("vista", "win8"));
    assert_int_equal(p->profiles[LAB_XP].stop_count, 2);
    assert_string_equal(p->profiles[LAB_XP].stops[0]->name, "FltRegisterFilter");
    assert_string_equal(p->profiles[LAB_XP].stops[1]->name, "DbgPrint");
    assert_string_equal(p->profiles[LAB_XP].first, "win8");
    assert_int_equal(p->profiles[LAB_WIN7].stop_count, 1);
    assert_int_equal(p->profiles[LAB_WIN8].stop_count, 0);
    assert_null(p->profiles[LAB_WIN8].first);
    probe_destroy(p);
    image_close(img);
}

static void missing_imports(void **state)
{
    (void)state;
    sample_pe(file, true);
    image *img = open_file();
    probe *p = probe_image(img, TABLE("w2k", "xp"));
    assert_int_equal(p->counts[PROBE_MISSING], 1);
    assert_string_equal(p->modules[1].imports[0].name, "#7");
    assert_int_equal(p->modules[1].imports[0].fidelity, PROBE_MISSING);
    assert_null(p->modules[1].imports[0].since);
    assert_int_equal(p->profiles[LAB_WIN7].verdict, PROBE_NOT_KNOWN);
    probe_destroy(p);

    p = probe_image(img, TABLE("w2k", "win8"));
    assert_int_equal(p->profiles[LAB_WIN7].verdict, PROBE_LACKS);
    assert_int_equal(p->profiles[LAB_WIN8].verdict, PROBE_NOT_KNOWN);
    probe_destroy(p);

    p = probe_image(img, "");
    assert_int_equal(p->counts[PROBE_MISSING], 3);
    assert_false(p->modules[0].known);
    probe_destroy(p);
    image_close(img);
}

/* Windows has it, the miniature NT has not: on which Windows the driver loads is known all the same. */
static void absent_exports(void **state)
{
    (void)state;
    image *img = open_plain_sample();
    probe *p = probe_image(img, "ntoskrnl.exe\tDbgPrint\tvista\tabsent\nfltmgr.sys\tFltRegisterFilter\txp\tmodelled\n");
    assert_int_equal(p->modules[1].imports[0].fidelity, PROBE_MISSING);
    assert_string_equal(p->modules[1].imports[0].since, "vista");
    assert_false(probe_nobody_has(&p->modules[1], &p->modules[1].imports[0]));
    assert_int_equal(p->profiles[LAB_XP].verdict, PROBE_LACKS);
    assert_string_equal(p->profiles[LAB_XP].first, "vista");
    assert_int_equal(p->profiles[LAB_WIN7].verdict, PROBE_LOADS);
    probe_destroy(p);
    image_close(img);
}

/* A name that a known module has on no Windows. */
static void nobody_has_it(void **state)
{
    (void)state;
    image *img = open_plain_sample();
    probe *p =
        probe_image(img, "ntoskrnl.exe\tDbgPrompt\tw2k\tmodelled\nfltmgr.sys\tFltRegisterFilter\twin8\tmodelled\n");
    assert_true(probe_nobody_has(&p->modules[1], &p->modules[1].imports[0]));
    assert_int_equal(p->profiles[LAB_XP].stop_count, 2);
    assert_int_equal(p->profiles[LAB_WIN8].verdict, PROBE_LACKS);
    assert_int_equal(p->profiles[LAB_WIN8].stop_count, 1);
    assert_null(p->profiles[LAB_XP].first);
    assert_null(p->profiles[LAB_WIN8].first);
    probe_destroy(p);
    image_close(img);
}

/* Exports for the miniature NT's own parts do not exist for drivers. */
static void private_exports(void **state)
{
    (void)state;
    image *img = open_plain_sample();
    probe *p =
        probe_image(img, "ntoskrnl.exe\tDbgPrint\tw2k\tprivate\r\nfltmgr.sys\tFltRegisterFilter\txp\tmodelled\r\n");
    assert_int_equal(p->modules[1].imports[0].fidelity, PROBE_MISSING);
    assert_int_equal(p->modules[0].imports[0].fidelity, PROBE_MODELLED);
    probe_destroy(p);
    image_close(img);
}

/* An import listed twice is one import. */
static void repeated_imports(void **state)
{
    (void)state;
    sample_pe(file, true);
    sample_put(file + SAMPLE_IMPORTS + 0x88, 0x2120, 8);
    image *img = open_file();
    probe *p = probe_image(img, TABLE("w2k", "xp"));
    assert_int_equal(p->modules[1].import_count, 1);
    assert_int_equal(p->counts[PROBE_MODELLED], 1);
    probe_destroy(p);
    image_close(img);
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        uint16_t subsystem, characteristics;
        uint32_t entry;
        probe_kind kind;
    } cases[] = {
        {1, 0x22, 0x1000, PROBE_MINIFILTER},  {1, 0x2022, 0x1000, PROBE_MINIFILTER}, {1, 0x2022, 0, PROBE_LIBRARY},
        {3, 0x22, 0x1000, PROBE_APPLICATION}, {2, 0x2022, 0x1000, PROBE_DLL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample_pe(file, true);
        sample_put(file + SAMPLE_OPTIONAL + 68, cases[i].subsystem, 2);
        sample_put(file + SAMPLE_NT + 22, cases[i].characteristics, 2);
        sample_put(file + SAMPLE_OPTIONAL + 16, cases[i].entry, 4);
        image *img = open_file();
        probe *p = probe_image(img, "");
        assert_int_equal(p->kind, cases[i].kind);
        assert_string_not_equal(probe_kind_name(p->kind), "unknown");
        probe_destroy(p);
        image_close(img);
    }
    sample_pe(file, true);
    sample_put(file + SAMPLE_IMPORTS + 0x132, 'X', 1);
    image *img = open_file();
    probe *p = probe_image(img, "");
    assert_int_equal(p->kind, PROBE_DRIVER);
    probe_destroy(p);
    image_close(img);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_by_module), cmocka_unit_test(windows_versions), cmocka_unit_test(what_stops_a_load),
        cmocka_unit_test(missing_imports),   cmocka_unit_test(absent_exports),   cmocka_unit_test(nobody_has_it),
        cmocka_unit_test(private_exports),   cmocka_unit_test(repeated_imports), cmocka_unit_test(kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
