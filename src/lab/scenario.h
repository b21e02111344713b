/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenario.h - what is tried: a driver, a Windows, a way to load, a way to unload, and the model switches. */
#ifndef AIRLOCK_LAB_SCENARIO_H
#define AIRLOCK_LAB_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

typedef enum { LAB_XP, LAB_WIN7, LAB_WIN8 } lab_os;
typedef enum { LAB_LOAD_SC, LAB_LOAD_NT } lab_load;
typedef enum { LAB_UNLOAD_FLTMC, LAB_UNLOAD_SC, LAB_UNLOAD_NT } lab_unload;

/* A behaviour of Windows that is not publicly known: nt/inc/model.h. */
typedef struct {
    const char *name;
    const char *choices; /* "first,last" */
    uint8_t fallback;    /* the default: index of a choice */
    const char *text;    /* what it decides */
} lab_switch;

extern const lab_switch lab_switches[];
extern const size_t lab_switch_count;
#define LAB_SWITCHES_MAX 16

typedef struct {
    const image *driver;
    lab_os os;
    lab_load load;
    lab_unload unload;
    bool sequential;                 /* the unload begins when the load has ended */
    uint8_t model[LAB_SWITCHES_MAX]; /* chosen, by index of lab_switches */
    uint64_t budget;                 /* instructions of one execution, 0 = the machine's default */
} lab_scenario;

/* Names as the command line has them; NULL or -1 for what does not exist. */
const char *lab_os_name(lab_os os);
const char *lab_load_name(lab_load load);
const char *lab_unload_name(lab_unload unload);
int lab_os_parse(const char *name);
int lab_load_parse(const char *name);
int lab_unload_parse(const char *name);

void lab_scenario_defaults(lab_scenario *scenario, const image *driver); /* win7, sc, fltmc */
int lab_switch_find(const char *name, size_t length);                    /* index, -1 */
int lab_switch_choice(size_t index, const char *value);                  /* index of the choice, -1 */
/* The choice's name, copied to `out` (at least 32 bytes). */
const char *lab_switch_value(size_t index, uint8_t choice, char *out, size_t size);
bool lab_scenario_is_default(const lab_scenario *scenario, size_t switch_index);

/* "isolate" of "isolate.sys", in `out`. */
void lab_service_name(const image *driver, char *out, size_t size);

/* The boot options of this scenario; false: they do not fit. */
bool lab_boot_options(const lab_scenario *scenario, char *out, size_t size);

#endif
