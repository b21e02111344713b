/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

#include <ctype.h>
#include <stdarg.h>
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

const char *lab_machine_name(image_machine machine) { return machine == IMAGE_X64 ? "x64" : "x86"; }
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

/* Services ------------------------------------------------------------------------------------------------------------ */

/* The driver under test, then its companions. */
static const image *nth_image(const lab_scenario *scenario, size_t i)
{
    return i == 0 ? scenario->driver : scenario->companions[i - 1];
}

const image *lab_service_image(const lab_scenario *scenario, const char *service)
{
    char name[LAB_NAME_SIZE];
    if (!*service) {
        return scenario->driver;
    }
    for (size_t i = 0; i <= scenario->companion_count; i++) {
        lab_service_name(nth_image(scenario, i), name, sizeof name);
        if (!strcmp(name, service)) {
            return nth_image(scenario, i);
        }
    }
    return NULL;
}

static const char *service_or_driver(const lab_scenario *scenario, const char *service, char *out)
{
    if (*service) {
        snprintf(out, LAB_NAME_SIZE, "%s", service);
    } else {
        lab_service_name(scenario->driver, out, LAB_NAME_SIZE);
    }
    return out;
}

const char *lab_started_service(const lab_scenario *scenario, char *out)
{
    return service_or_driver(scenario, scenario->start, out);
}

const char *lab_stopped_service(const lab_scenario *scenario, char *out)
{
    return service_or_driver(scenario, scenario->stop, out);
}

const char *lab_scenario_wrong(const lab_scenario *scenario, char *error)
{
    char one[LAB_NAME_SIZE], other[LAB_NAME_SIZE];
    for (size_t i = 0; i <= scenario->companion_count; i++) {
        lab_service_name(nth_image(scenario, i), one, sizeof one);
        for (size_t k = 0; k < i; k++) {
            lab_service_name(nth_image(scenario, k), other, sizeof other);
            if (!strcmp(one, other)) {
                snprintf(error, 256, "two of the drivers are named '%s'", one);
                return error;
            }
        }
    }
    for (size_t i = 0; i < scenario->value_count; i++) {
        const char *value = scenario->values[i];
        if (!strchr(value, '\\') || !strchr(value, '=') || strchr(value, '"')) {
            snprintf(error, 256, "'%.150s' is no registry value: SERVICE\\...\\NAME=TEXT, without quotes", value);
            return error;
        }
    }
    const char *services[] = {scenario->start, scenario->stop};
    for (size_t i = 0; i < COUNT(services); i++) {
        if (!lab_service_image(scenario, services[i])) {
            snprintf(error, 256, "there is no driver for the service '%s'", services[i]);
            return error;
        }
    }
    return NULL;
}

/* Boot options -------------------------------------------------------------------------------------------------------- */

typedef struct {
    char *text;
    size_t size, used;
} option_text;

static void add_option(option_text *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (to->used < to->size) {
        int length = vsnprintf(to->text + to->used, to->size - to->used, format, args);
        to->used += length > 0 ? (size_t)length : to->size;
    }
    va_end(args);
}

/* The services: the one that is loaded first, the others after it. */
static void add_services(option_text *to, const lab_scenario *scenario)
{
    const image *first = lab_service_image(scenario, scenario->start);
    char service[LAB_NAME_SIZE];
    unsigned number = 2;
    lab_service_name(first, service, sizeof service);
    add_option(to, " /SERVICE=%s /FILE=%s", service, image_name(first));
    for (size_t i = 0; i <= scenario->companion_count; i++) {
        const image *img = nth_image(scenario, i);
        if (img != first) {
            lab_service_name(img, service, sizeof service);
            add_option(to, " /SERVICE%u=%s /FILE%u=%s", number, service, number, image_name(img));
            number++;
        }
    }
    if (scenario->companion_count) {
        add_option(to, " /TARGET=%s", lab_stopped_service(scenario, service));
    }
}

bool lab_boot_options(const lab_scenario *scenario, char *out, size_t size)
{
    char value[32];
    option_text to = {out, size, 0};
    add_option(&to, "/OS=%s /LOAD=%s /UNLOAD=%s /ORDER=%s", os_names[scenario->os], load_names[scenario->load],
               unload_names[scenario->unload], scenario->sequential ? "sequential" : "race");
    add_services(&to, scenario);
    if (scenario->fail) {
        add_option(&to, " /FAIL:%s=%u", image_name(scenario->driver), scenario->fail);
    }
    for (size_t i = 0; i < lab_switch_count; i++) {
        add_option(&to, " /MODEL:%s=%s", lab_switches[i].name,
                   lab_switch_value(i, scenario->model[i], value, sizeof value));
    }
    for (size_t i = 0; i < scenario->value_count; i++) {
        add_option(&to, " /REG:\"%s\"", scenario->values[i]);
    }
    return to.used < size;
}
