/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

#define SWITCH_ENTRY(field, option, value, values, description) {option, values, value, description},
const lab_switch lab_switches[] = {MODEL_SWITCHES(SWITCH_ENTRY)};
const size_t lab_switch_count = sizeof lab_switches / sizeof lab_switches[0];
_Static_assert(sizeof lab_switches / sizeof lab_switches[0] <= LAB_SWITCHES_MAX, "more switches than a scenario holds");

static const char *const os_names[] = {"xp", "win7", "win8"};
static const char *const load_names[] = {"sc", "nt"};
static const char *const unload_names[] = {"fltmc", "sc", "nt"};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int find(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(names[i], name)) {
            return (int)i;
        }
    }
    return -1;
}

const char *lab_os_name(lab_os os) { return os_names[os]; }
const char *lab_load_name(lab_load load) { return load_names[load]; }
const char *lab_unload_name(lab_unload unload) { return unload_names[unload]; }
int lab_os_parse(const char *name) { return find(os_names, COUNT(os_names), name); }
int lab_load_parse(const char *name) { return find(load_names, COUNT(load_names), name); }
int lab_unload_parse(const char *name) { return find(unload_names, COUNT(unload_names), name); }

void lab_scenario_defaults(lab_scenario *scenario, const image *driver)
{
    memset(scenario, 0, sizeof *scenario);
    scenario->driver = driver;
    scenario->os = LAB_WIN7;
    for (size_t i = 0; i < lab_switch_count; i++) {
        scenario->model[i] = lab_switches[i].fallback;
    }
}

int lab_switch_find(const char *name, size_t length)
{
    for (size_t i = 0; i < lab_switch_count; i++) {
        if (strlen(lab_switches[i].name) == length && !memcmp(lab_switches[i].name, name, length)) {
            return (int)i;
        }
    }
    return -1;
}

/* The `choice`th of a comma-separated list, and its length. */
static const char *list_item(const char *list, unsigned choice, size_t *length)
{
    while (choice-- && list) {
        list = strchr(list, ',');
        list = list ? list + 1 : NULL;
    }
    *length = list ? strcspn(list, ",") : 0;
    return list;
}

int lab_switch_choice(size_t index, const char *value)
{
    size_t length;
    for (unsigned i = 0;; i++) {
        const char *item = list_item(lab_switches[index].choices, i, &length);
        if (!item) {
            return -1;
        }
        if (strlen(value) == length && !memcmp(item, value, length)) {
            return (int)i;
        }
    }
}

const char *lab_switch_value(size_t index, uint8_t choice, char *out, size_t size)
{
    size_t length;
    const char *item = list_item(lab_switches[index].choices, choice, &length);
    snprintf(out, size, "%.*s", (int)length, item ? item : "");
    return out;
}

bool lab_scenario_is_default(const lab_scenario *scenario, size_t switch_index)
{
    return scenario->model[switch_index] == lab_switches[switch_index].fallback;
}

void lab_service_name(const image *driver, char *out, size_t size)
{
    snprintf(out, size, "%s", image_name(driver));
    char *dot = strrchr(out, '.');
    if (dot && dot != out) {
        *dot = 0;
    }
    for (char *p = out; *p; p++) {
        if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_' && *p != '.') {
            *p = '_'; /* options are separated by spaces and slashes */
        }
    }
}

bool lab_boot_options(const lab_scenario *scenario, char *out, size_t size)
{
    char service[64], value[32];
    lab_service_name(scenario->driver, service, sizeof service);
    int used = snprintf(out, size, "/OS=%s /LOAD=%s /UNLOAD=%s /ORDER=%s /SERVICE=%s /FILE=%s", os_names[scenario->os],
                        load_names[scenario->load], unload_names[scenario->unload],
                        scenario->sequential ? "sequential" : "race", service, image_name(scenario->driver));
    for (size_t i = 0; i < lab_switch_count && used > 0 && (size_t)used < size; i++) {
        used += snprintf(out + used, size - (size_t)used, " /MODEL:%s=%s", lab_switches[i].name,
                         lab_switch_value(i, scenario->model[i], value, sizeof value));
    }
    return used > 0 && (size_t)used < size;
}
