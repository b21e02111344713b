/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * triage.h - from the text that a debugger printed to a verdict: is this a race between loading and unloading a driver?
 *
 * Text goes in by triage_feed, in pieces of any size; triage_finish applies the rules. What was understood (model.h) and
 * what follows from it (the findings) can then be read. Any bytes are allowed as input; time is linear in their number,
 * and memory has a ceiling (store.c), beyond which threads that cannot matter are counted and dropped.
 */
#ifndef AIRLOCK_TRIAGE_TRIAGE_H
#define AIRLOCK_TRIAGE_TRIAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

typedef struct triage triage;

typedef enum {
    TRIAGE_RACE,         /* load and unload of one driver at the same time */
    TRIAGE_GONE,         /* unloaded while something of the driver was still to run */
    TRIAGE_HANG,         /* unload, or the clean-up of a failed load, waits for what does not come */
    TRIAGE_FAILED_LOAD,  /* a failed load cleans up what was never initialised */
    TRIAGE_LEFT,         /* something was left behind: no race */
    TRIAGE_INSUFFICIENT, /* may be one of these; the log does not tell */
    TRIAGE_RULES
} triage_rule;

typedef enum { TRIAGE_LOW, TRIAGE_MEDIUM, TRIAGE_HIGH } triage_confidence;

typedef struct {
    uint32_t file, line; /* index of the input; 1 is its first line */
    const char *text;    /* what the line says, without its decoration */
    const char *why;     /* what it is evidence of */
} triage_evidence;

#define TRIAGE_NEXT_MOST     6u
#define TRIAGE_REMEDIES_MOST 4u
#define TRIAGE_EVIDENCE_MOST 12u

/* How an exploration of the driver would be set up to meet this; NULL: not told by the log. */
typedef struct {
    const char *os;     /* "xp", "win7" */
    const char *load;   /* "sc", "nt" */
    const char *unload; /* "fltmc", "sc", "nt" */
} triage_scenario;

typedef struct {
    triage_rule rule;
    triage_confidence confidence;
    const char *driver;              /* NULL: the log does not name it */
    const char *title;               /* one sentence */
    const char *mechanism;           /* three sentences */
    const char *affected;            /* which Windows versions */
    const triage_thread *threads[2]; /* load, unload; or the one that matters; NULL = none */
    const char *labels[2];
    triage_evidence evidence[TRIAGE_EVIDENCE_MOST];
    size_t evidence_count;
    const char *remedies[TRIAGE_REMEDIES_MOST]; /* "docs/remedies.md#the-library" */
    size_t remedy_count;
    const char *next[TRIAGE_NEXT_MOST]; /* what to do next, one sentence or command each */
    size_t next_count;
    triage_scenario scenario;
} triage_finding;

/* NULL: out of memory. */
triage *triage_create(void);
void triage_destroy(triage *t); /* NULL is allowed */

/* The text that follows belongs to this input. `name` is copied. */
void triage_begin(triage *t, const char *name);
void triage_feed(triage *t, const void *bytes, size_t size);

/* Applies the rules; nothing may be fed afterwards. False: out of memory. */
bool triage_finish(triage *t);

const triage_log *triage_model(const triage *t);
/* The most certain first. */
size_t triage_findings(const triage *t, const triage_finding **findings);

/* Was anything of a debugger in the input? */
bool triage_is_debugger_text(const triage *t);
/* A race, or one of its relatives, at medium confidence or more: what exit status 1 says. */
bool triage_recognised(const triage *t);

const char *triage_rule_name(triage_rule rule);                   /* "load-unload-race" */
const char *triage_rule_title(triage_rule rule);                  /* a few words for people */
const char *triage_confidence_name(triage_confidence confidence); /* "high" */

#endif
