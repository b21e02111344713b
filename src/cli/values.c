/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "suggest.h"

#define CHOICES 16u /* most choices of one option */

static bool read_number(const char *text, uint64_t *number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false; /* strtoull would take a sign, or spaces */
    errno = 0;
    *number = strtoull(text, &end, text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10);
    return !errno && !*end;
}

bool cli_number(const char *option, const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
    uint64_t value;
    if (!read_number(text, &value) || value < least || value > most) {
        cli_message("%s takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'", option, least, most, text);
        return false;
    }
    *number = value;
    return true;
}

bool cli_bound(const char *option, const char *text, uint32_t *bound)
{
    uint64_t number;
    if (!strcmp(text, "none")) {
        *bound = EXPLORE_UNBOUNDED;
        return true;
    }
    if (!read_number(text, &number) || number > CLI_BOUND_MOST) {
        cli_message("%s takes a number of preemptions from 0 to %u, or 'none', not '%s'", option, CLI_BOUND_MOST, text);
        return false;
    }
    *bound = (uint32_t)number;
    return true;
}

bool cli_fail(const char *option, const char *text, uint32_t *call, bool *each)
{
    uint64_t number = 0;
    *each = !strcmp(text, "each");
    if (!*each && (!read_number(text, &number) || !number || number >= LAB_FAIL_LIST)) {
        cli_message("%s takes the number of a call of DriverEntry, from 1, or 'each', not '%s'", option, text);
        return false;
    }
    *call = (uint32_t)number;
    return true;
}

static double unit_of(const char *unit)
{
    if (!*unit || !strcmp(unit, "s"))
        return 1;
    if (!strcmp(unit, "m") || !strcmp(unit, "min"))
        return 60;
    return strcmp(unit, "h") ? 0 : 3600;
}

static double small_unit_of(const char *unit)
{
    if (!strcmp(unit, "ms"))
        return 1e-3;
    if (!strcmp(unit, "us"))
        return 1e-6;
    return strcmp(unit, "ns") ? unit_of(unit) : 1e-9;
}

bool cli_stall(const char *option, const char *text, uint64_t *nanoseconds)
{
    char *unit = NULL;
    double value = text[0] >= '0' && text[0] <= '9' ? strtod(text, &unit) : 0;
    double result = value * (unit ? small_unit_of(unit) : 0) * 1e9;
    if (!(result >= 1) || result > 1e18) {
        cli_message("%s takes a time such as 20us, 5ms or 2s, not '%s'", option, text);
        return false;
    }
    *nanoseconds = (uint64_t)(result + 0.5);
    return true;
}

bool cli_duration(const char *option, const char *text, double *seconds)
{
    char *unit = NULL;
    double value = text[0] >= '0' && text[0] <= '9' ? strtod(text, &unit) : 0;
    double factor = unit ? unit_of(unit) : 0;
    if (!(value * factor > 0) || value * factor > 1e9) {
        cli_message("%s takes a time such as 90s, 5m or 1h, not '%s'", option, text);
        return false;
    }
    *seconds = value * factor;
    return true;
}

/* Choices --------------------------------------------------------------------------------------------------------- */

/* "xp, win7 or win8" */
static void join(const char *const *choices, size_t count, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", choices[i],
                                   i + 2 < count    ? ", "
                                   : i + 2 == count ? " or "
                                                    : "");
}

static void bad_choice(const char *option, const char *text, const char *const *choices, size_t count)
{
    char list[256];
    const char *near = cli_suggest(text, choices, count);
    join(choices, count, list, sizeof list);
    cli_message("%s takes %s, not '%s'%s%s%s", option, list, text, near ? "; did you mean '" : "", near ? near : "",
                near ? "'?" : "");
}

bool cli_os(const char *text, lab_os *os)
{
    const char *const names[] = {lab_os_name(LAB_XP), lab_os_name(LAB_WIN7), lab_os_name(LAB_WIN8)};
    int found = lab_os_parse(text);
    if (found < 0)
        bad_choice("--os", text, names, 3);
    else
        *os = (lab_os)found;
    return found >= 0;
}

bool cli_load(const char *text, lab_load *load)
{
    const char *const names[] = {lab_load_name(LAB_LOAD_SC), lab_load_name(LAB_LOAD_NT)};
    int found = lab_load_parse(text);
    if (found < 0)
        bad_choice("--load", text, names, 2);
    else
        *load = (lab_load)found;
    return found >= 0;
}

bool cli_unload(const char *text, lab_unload *unload)
{
    const char *const names[] = {lab_unload_name(LAB_UNLOAD_FLTMC), lab_unload_name(LAB_UNLOAD_SC),
                                 lab_unload_name(LAB_UNLOAD_NT)};
    int found = lab_unload_parse(text);
    if (found < 0)
        bad_choice("--unload", text, names, 3);
    else
        *unload = (lab_unload)found;
    return found >= 0;
}

/* Lists ------------------------------------------------------------------------------------------------------------- */

typedef bool (*choice_reader)(const char *text, void *value);

static bool read_os(const char *text, void *value) { return cli_os(text, value); }
static bool read_load(const char *text, void *value) { return cli_load(text, value); }
static bool read_unload(const char *text, void *value) { return cli_unload(text, value); }

static bool read_list(const char *text, choice_reader read, unsigned *set)
{
    char one[64];
    *set = 0;
    for (const char *item = text;; item++) {
        size_t length = strcspn(item, ",");
        unsigned value = 0; /* the enumerations have no negative values, so they are unsigned */
        snprintf(one, sizeof one, "%.*s", (int)length, item);
        if (!read(one, &value))
            return false;
        *set |= 1u << value;
        item += length;
        if (!*item)
            return true;
    }
}

bool cli_os_list(const char *text, unsigned *set) { return read_list(text, read_os, set); }
bool cli_load_list(const char *text, unsigned *set) { return read_list(text, read_load, set); }
bool cli_unload_list(const char *text, unsigned *set) { return read_list(text, read_unload, set); }

/* Model switches -------------------------------------------------------------------------------------------------- */

static void bad_switch(const char *text, size_t length)
{
    char word[64];
    const char *names[LAB_SWITCHES_MAX];
    for (size_t i = 0; i < lab_switch_count; i++)
        names[i] = lab_switches[i].name;
    snprintf(word, sizeof word, "%.*s", (int)length, text);
    const char *near = cli_suggest(word, names, lab_switch_count);
    cli_message("there is no model switch '%s'%s%s%s (--help-model lists them)", word, near ? "; did you mean '" : "",
                near ? near : "", near ? "'?" : "");
}

static void bad_switch_value(size_t index, const char *value)
{
    char option[96], names[CHOICES][32];
    const char *choices[CHOICES];
    size_t count = 1;
    for (const char *comma = lab_switches[index].choices; (comma = strchr(comma, ',')) && count < CHOICES; comma++)
        count++;
    for (size_t i = 0; i < count; i++)
        choices[i] = lab_switch_value(index, (uint8_t)i, names[i], sizeof names[i]);
    snprintf(option, sizeof option, "--model %s", lab_switches[index].name);
    bad_choice(option, value, choices, count);
}

bool cli_model(const char *text, lab_scenario *scenario)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    int index = lab_switch_find(text, length);
    if (index < 0) {
        bad_switch(text, length);
        return false;
    }
    int choice = lab_switch_choice((size_t)index, equals ? equals + 1 : "");
    if (choice < 0) {
        bad_switch_value((size_t)index, equals ? equals + 1 : "");
        return false;
    }
    scenario->model[index] = (uint8_t)choice;
    return true;
}
