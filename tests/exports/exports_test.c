/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exports_test.c - what a driver can import on each Windows for each processor, held against facts.tsv: the verdict of the
 * lab's import filter, and that the module's file really exports what the filter lets through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile.h"

enum { FIELDS = 5, MODULES = 3 };

static const char *const module_names[MODULES] = {"ntoskrnl.exe", "hal.dll", "fltmgr.sys"};

typedef struct {
    const char *name, *folder; /* "x86", the environment variable that has its folder */
    image_machine machine;
    image *modules[MODULES];
} processor;

static processor processors[] = {{"x86", "NT_X86", IMAGE_X86, {0}}, {"x64", "NT_X64", IMAGE_X64, {0}}};

static image *open_module(const processor *p, const char *name)
{
    char path[512];
    image *img = NULL;
    assert_non_null(getenv(p->folder));
    snprintf(path, sizeof path, "%s/%s", getenv(p->folder), name);
    assert_int_equal(image_read_file(path, &img), IMAGE_OK);
    return img;
}

static int open_modules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++)
        for (size_t k = 0; k < MODULES; k++)
            processors[i].modules[k] = open_module(&processors[i], module_names[k]);
    return 0;
}

static int close_modules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++)
        for (size_t k = 0; k < MODULES; k++)
            image_close(processors[i].modules[k]);
    return 0;
}

/* Each Windows of the lab, and what came before it or with it. */
static bool is_in(const char *since, const processor *p, lab_os os)
{
    static const char *const history[] = {
        [LAB_XP] = " w2k xp xpsp2 xpsp3 ",
        [LAB_WIN7] = " w2k xp xpsp2 xpsp3 2003 vista vistasp1 win7 ",
        [LAB_WIN8] = " w2k xp xpsp2 xpsp3 2003 vista vistasp1 win7 win8 ",
    };
    char word[32];
    snprintf(word, sizeof word, " %s ", since);
    bool is_2003 = os == LAB_XP && p->machine == IMAGE_X64 && strcmp(since, "2003") == 0;
    return is_2003 || strstr(history[os], word) != NULL;
}

static size_t module_index(const char *name)
{
    size_t i = 0;
    while (i < MODULES && strcmp(module_names[i], name) != 0)
        i++;
    assert_true(i < MODULES);
    return i;
}

static unsigned check(char *const *fact, const processor *p, const char *since, lab_os os)
{
    size_t module = module_index(fact[0]);
    const lab_scenario scenario = {.driver = p->modules[0], .os = os};
    bool wanted = is_in(since, p, os);
    const char *filtered = profile_export((void *)&scenario, fact[0], fact[1]);
    bool exported = image_find_export(p->modules[module], fact[1]) != NULL;
    if ((filtered != NULL) == wanted && (exported || !wanted))
        return 0;
    print_error("%s!%s on %s %s: want %s (%s), got %s, in the file: %s\n", fact[0], fact[1], p->name, lab_os_name(os),
                wanted ? "there" : "not there", fact[4], filtered != NULL ? "there" : "not there",
                exported ? "yes" : "no");
    return 1;
}

static void split(char *line, char *fields[FIELDS])
{
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = strsep(&line, "\t");
        assert_non_null(fields[i]);
    }
}

static void every_fact_holds(void **state)
{
    char line[512], *fields[FIELDS];
    unsigned facts = 0, wrong = 0;
    FILE *file = fopen(getenv("FACTS"), "r");
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (*line == '#')
            continue;
        split(line, fields);
        facts++;
        for (lab_os os = LAB_XP; os <= LAB_WIN8; os++)
            for (size_t i = 0; i < sizeof processors / sizeof *processors; i++)
                wrong += check(fields, &processors[i], fields[2 + i], os);
    }
    fclose(file);
    assert_int_not_equal(facts, 0);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fact_holds)};
    return cmocka_run_group_tests(tests, open_modules, close_modules);
}
