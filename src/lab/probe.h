/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - what a driver needs, held against what the miniature NT has: nothing is run. The order of everything in a
 * probe depends on the driver and the table alone.
 */
#ifndef AIRLOCK_LAB_PROBE_H
#define AIRLOCK_LAB_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "image.h"
#include "machine.h"
#include "scenario.h"

typedef enum {
    PROBE_DRIVER,
    PROBE_MINIFILTER, /* a driver that calls FltRegisterFilter */
    PROBE_LIBRARY,    /* a kernel-mode library: native, but without an entry point */
    PROBE_DLL,        /* user mode */
    PROBE_APPLICATION /* user mode */
} probe_kind;

typedef enum {
    PROBE_MODELLED,
    PROBE_APPROXIMATED, /* differs from Windows as its note says */
    PROBE_MISSING       /* the miniature NT does not have it: a driver that needs it cannot be run */
} probe_fidelity;

typedef struct {
    const char *module; /* "ntoskrnl.exe" */
    const char *name;   /* "ZwClose"; "#7" if imported by ordinal */
    probe_fidelity fidelity;
    const char *since; /* the first Windows that has it, "vista"; NULL: none that is known here */
    const char *note;  /* of an approximated one, else NULL */
} probe_import;

typedef struct {
    const char *name;
    bool known;                  /* the miniature NT has a module of this name */
    const probe_import *imports; /* sorted by name, each once */
    size_t import_count;
    size_t counts[3]; /* by probe_fidelity */
} probe_module;

typedef enum {
    PROBE_LOADS,
    PROBE_LACKS,    /* this Windows lacks an import: the load fails before DriverEntry */
    PROBE_NOT_KNOWN /* no import is known to be lacking, but some are of modules that are not known, or by ordinal */
} probe_verdict;

typedef struct {
    lab_os os;
    probe_verdict verdict;
    const probe_import **stops; /* the imports that this Windows lacks */
    size_t stop_count;
    const char *first; /* the first Windows that has all of `stops`; NULL if there are none, or none has them all */
} probe_profile;

#define PROBE_PROFILES   3
#define PROBE_IMAGE_MOST MACHINE_IMAGE_MOST

typedef struct {
    const image *img;
    probe_kind kind;
    bool too_large;        /* its image, for the lab: more than PROBE_IMAGE_MOST bytes */
    probe_module *modules; /* sorted by name */
    size_t module_count;
    size_t counts[3];                       /* of all imports, by probe_fidelity */
    probe_profile profiles[PROBE_PROFILES]; /* xp, win7, win8 */
} probe;

/* `exports`: text of the table of exports (see nt/exports/README.md). The result refers to `img`. NULL: no memory. */
probe *probe_image(const image *img, const char *exports);
void probe_destroy(probe *p); /* NULL is allowed */

/* Does no Windows have it, as far as is known here? False also if that cannot be said. */
bool probe_nobody_has(const probe_module *module, const probe_import *import);

const char *probe_kind_name(probe_kind kind); /* "minifilter" */
const char *probe_fidelity_name(probe_fidelity fidelity);

#endif
