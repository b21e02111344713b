/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule_text.c - schedules as text, as schedule.h describes it. */
#include "schedule.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_services(FILE *out, const lab_schedule *schedule)
{
    const lab_scenario *s = &schedule->scenario;
    for (size_t i = 0; i < s->companion_count; i++) {
        fprintf(out, ":with=%s.%s", schedule->companions[i].name, schedule->companions[i].hash);
    }
    fprintf(out, "%s%s%s%s", *s->start ? ":start=" : "", s->start, *s->stop ? ":stop=" : "", s->stop);
    for (size_t i = 0; i < s->value_count; i++) {
        fputs(":reg=", out);
        for (const char *c = s->values[i]; *c; c++) {
            fprintf(out, isalnum((unsigned char)*c) || strchr("-_.", *c) ? "%c" : "%%%02x", (unsigned char)*c);
        }
    }
}

static void write_switches(FILE *out, const lab_scenario *s)
{
    char value[32];
    for (size_t i = 0; i < lab_switch_count; i++) {
        if (!lab_scenario_is_default(s, i)) {
            fprintf(out, ":%s=%s", lab_switches[i].name, lab_switch_value(i, s->model[i], value, sizeof value));
        }
    }
}

static void write_deviation(FILE *out, const lab_deviation *d)
{
    fprintf(out, "%u", d->from);
    if (d->from) {
        fprintf(out, "@%s.%lu", d->place, d->count);
    }
    fprintf(out, "-%u", d->to);
    if (d->choice) {
        fprintf(out, "=%u", d->choice);
    }
}

char *lab_schedule_text(const lab_schedule *schedule)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    const lab_scenario *s = &schedule->scenario;
    fprintf(out, "a1:%s:%s:%s:%s:%s", lab_os_name(s->os), lab_load_name(s->load), lab_unload_name(s->unload),
            schedule->driver, schedule->system);
    write_services(out, schedule);
    write_switches(out, s);
    if (s->fail) {
        fprintf(out, ":fail=%u", s->fail);
    }
    fprintf(out, ":%s", schedule->count ? "" : "default");
    for (size_t i = 0; i < schedule->count; i++) {
        fputs(i ? "," : "", out);
        write_deviation(out, &schedule->deviations[i]);
    }
    fclose(out);
    return text;
}

static bool take_number(const char **text, uint64_t *number)
{
    char *end;
    if (!isdigit((unsigned char)**text)) {
        return false;
    }
    *number = strtoull(*text, &end, 10);
    *text = end;
    return true;
}

/* "6@isolate-x+1a2c.5012-4=1", the whole of `text`. */
static bool parse_deviation(const char *text, lab_deviation *d)
{
    uint64_t number;
    memset(d, 0, sizeof *d);
    if (!take_number(&text, &number) || number >= MACHINE_THREADS) {
        return false;
    }
    d->from = (uint32_t)number;
    if (d->from) {
        const char *plus = strrchr(text, '+'), *dot = plus ? strchr(plus, '.') : NULL;
        if (*text != '@' || !dot || (size_t)(dot - text) > sizeof d->place) {
            return false;
        }
        memcpy(d->place, text + 1, (size_t)(dot - text) - 1);
        text = dot + 1;
        if (!take_number(&text, &d->count)) {
            return false;
        }
    }
    if (*text++ != '-' || !take_number(&text, &number) || number == 0 || number >= MACHINE_THREADS) {
        return false;
    }
    d->to = (uint32_t)number;
    if (*text == '=') {
        text++;
        if (!take_number(&text, &number) || number > UINT16_MAX) {
            return false;
        }
        d->choice = (uint32_t)number;
    }
    return *text == 0;
}

/* Copies at most `size` bytes with the end, "%5c" as '\'. */
static bool take_text(const char *from, char *to, size_t size)
{
    size_t used = 0;
    for (; *from && used + 1 < size; from++) {
        char c = *from;
        if (c == '%') {
            char digits[3] = {from[1], from[1] ? from[2] : 0};
            if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1])) {
                return false;
            }
            c = (char)strtoul(digits, NULL, 16);
            from += 2;
        }
        if (c < ' ' || c > '~') {
            return false;
        }
        to[used++] = c;
    }
    to[used] = 0;
    return used > 0 && !*from;
}

static bool parse_companion(const char *value, lab_schedule *out)
{
    const char *dot = strrchr(value, '.');
    size_t count = out->scenario.companion_count;
    if (!dot || dot == value || strlen(dot + 1) != 8 || (size_t)(dot - value) >= LAB_NAME_SIZE ||
        count == LAB_COMPANIONS_MAX) {
        return false;
    }
    memcpy(out->companions[count].name, value, (size_t)(dot - value));
    memcpy(out->companions[count].hash, dot + 1, 9);
    out->scenario.companion_count++;
    return true;
}

static bool parse_fail(const char *value, lab_scenario *scenario)
{
    uint64_t number;
    if (!take_number(&value, &number) || *value || number == 0 || number >= LAB_FAIL_LIST) {
        return false;
    }
    scenario->fail = (uint32_t)number;
    return true;
}

static bool parse_switch(const char *field, size_t name_length, lab_scenario *scenario)
{
    int index = lab_switch_find(field, name_length);
    int choice = index >= 0 ? lab_switch_choice((size_t)index, field + name_length + 1) : -1;
    if (choice >= 0) {
        scenario->model[index] = (uint8_t)choice;
    }
    return choice >= 0;
}

/* "name=value" between the hashes and the switches of threads. */
static const char *parse_field(const char *field, lab_schedule *out)
{
    lab_scenario *s = &out->scenario;
    const char *equals = strchr(field, '='), *value = equals ? equals + 1 : "";
    size_t length = equals ? (size_t)(equals - field) : 0;
    bool fine;
    if (length == 4 && !memcmp(field, "with", 4)) {
        fine = parse_companion(value, out);
    } else if (length == 5 && !memcmp(field, "start", 5)) {
        fine = take_text(value, s->start, sizeof s->start);
    } else if (length == 4 && !memcmp(field, "stop", 4)) {
        fine = take_text(value, s->stop, sizeof s->stop);
    } else if (length == 3 && !memcmp(field, "reg", 3)) {
        fine = s->value_count < LAB_VALUES_MAX && take_text(value, s->values[s->value_count++], LAB_VALUE_SIZE);
    } else if (length == 4 && !memcmp(field, "fail", 4)) {
        return parse_fail(value, s) ? NULL : "its call that fails cannot be read";
    } else {
        return parse_switch(field, length, s) ? NULL : "it names an unknown model switch";
    }
    return fine ? NULL : "its other drivers cannot be read";
}

static bool parse_deviations(char *list, lab_schedule *out)
{
    if (!strcmp(list, "default")) {
        return true;
    }
    for (char *item; (item = strsep(&list, ",")) != NULL;) {
        lab_deviation deviation;
        if (!parse_deviation(item, &deviation) || !lab_schedule_add(out, &deviation)) {
            return false;
        }
    }
    return true;
}

static const char *parse_fields(char *text, lab_schedule *out)
{
    char *next = text, *version = strsep(&next, ":");
    if (strcmp(version, "a1")) {
        return "it does not begin with \"a1:\"";
    }
    char *os = strsep(&next, ":"), *load = strsep(&next, ":"), *unload = strsep(&next, ":");
    char *driver = strsep(&next, ":"), *system = strsep(&next, ":");
    if (!system || !next || strlen(driver) != 8 || strlen(system) != 8) {
        return "it is cut off or not a schedule id";
    }
    int o = lab_os_parse(os), ld = lab_load_parse(load), u = lab_unload_parse(unload);
    if (o < 0 || ld < 0 || u < 0) {
        return "its scenario is unknown";
    }
    lab_scenario_defaults(&out->scenario, NULL);
    out->scenario.os = (lab_os)o;
    out->scenario.load = (lab_load)ld;
    out->scenario.unload = (lab_unload)u;
    memcpy(out->driver, driver, 9);
    memcpy(out->system, system, 9);
    for (char *field; (field = strsep(&next, ":")) != NULL;) {
        bool is_last = next == NULL;
        if (is_last && !parse_deviations(field, out)) {
            return "its switches of threads cannot be read";
        }
        const char *wrong = is_last ? NULL : parse_field(field, out);
        if (wrong) {
            return wrong;
        }
    }
    return NULL;
}

lab_status lab_schedule_parse(const char *text, lab_schedule *out, char *error)
{
    memset(out, 0, sizeof *out);
    size_t length = strcspn(text, " \t\r\n");
    char *copy = strndup(text, length);
    if (!copy) {
        return LAB_NO_MEMORY;
    }
    const char *wrong = parse_fields(copy, out);
    free(copy);
    if (wrong) {
        snprintf(error, 256, "%s", wrong);
        lab_schedule_free(out);
        return LAB_BAD_SCHEDULE;
    }
    return LAB_OK;
}
