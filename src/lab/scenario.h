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

#define LAB_COMPANIONS_MAX 7   /* drivers beside the one under test */
#define LAB_NAME_SIZE      64  /* bytes of a service name with its end */
#define LAB_VALUES_MAX     8   /* registry values */
#define LAB_VALUE_SIZE     256 /* bytes of one with its end */

#define LAB_FAIL_LIST UINT32_MAX /* lab_scenario.fail: none fails, each is noted (HV_NOTE_CALL) */

typedef struct {
    const image *driver;                         /* under test */
    const image *companions[LAB_COMPANIONS_MAX]; /* can be loaded too; the names of all files differ */
    size_t companion_count;
    char start[LAB_NAME_SIZE];                   /* service that the load command loads; "" = the driver's */
    char stop[LAB_NAME_SIZE];                    /* service that the unload command unloads; "" = the driver's */
    char values[LAB_VALUES_MAX][LAB_VALUE_SIZE]; /* "gate\\Parameters\\Targets=text": below the Services key */
    size_t value_count;
    lab_os os;
    lab_load load;
    lab_unload unload;
    bool sequential;                 /* the unload begins when the load has ended */
    uint8_t model[LAB_SWITCHES_MAX]; /* chosen, by index of lab_switches */
    uint32_t fail;   /* the call of DriverEntry that fails on purpose, from 1; 0 = none; LAB_FAIL_LIST */
    uint64_t budget; /* instructions of one execution, 0 = the machine's default */
} lab_scenario;

/* Names as the command line has them; NULL or -1 for what does not exist. */
const char *lab_machine_name(image_machine machine); /* "x64", "x86" */
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

/* The image whose service has this name ("" = the driver's), NULL = none. */
const image *lab_service_image(const lab_scenario *scenario, const char *service);

/* Names of the services that the two commands are about, as given or the driver's, in `out` (LAB_NAME_SIZE bytes). */
const char *lab_started_service(const lab_scenario *scenario, char *out);
const char *lab_stopped_service(const lab_scenario *scenario, char *out);

/* NULL, or what is wrong with the companions, service names and values: a sentence in `error` (256 bytes). */
const char *lab_scenario_wrong(const lab_scenario *scenario, char *error);

/* The boot options of this scenario; false: they do not fit. */
bool lab_boot_options(const lab_scenario *scenario, char *out, size_t size);

#endif
