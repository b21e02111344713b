/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.h - cleaned rows to the model. Each parse_*.c knows one kind of output; parse.c asks them in turn. A row that
 * nobody knows is no error. Used inside src/triage.
 */
#ifndef AIRLOCK_TRIAGE_PARSE_H
#define AIRLOCK_TRIAGE_PARSE_H

#include "frame.h"
#include "model.h"
#include "store.h"

#define PARSE_FRAMES_MOST 256u /* of one thread; a deeper stack is cut */

/* What the rows before mean for the next. */
typedef enum {
    PARSE_NOTHING,
    PARSE_MODULES,   /* lm */
    PARSE_UNLOADED,  /* its unloaded list */
    PARSE_RUNNING,   /* !running */
    PARSE_FAULT_IP,  /* the row after FAULTING_IP: */
    PARSE_ARGUMENTS, /* the row after "*** Fatal System Error", or .bugcheck's */
    PARSE_LEFT,      /* LEFT of a report */
    PARSE_SCHEDULE,  /* the table of one: not a stack */
    PARSE_FILTER     /* !fltkd.filter */
} parse_section;

typedef struct {
    store *s;
    triage_log *log;
    uint32_t file, log_index, moment;
    uint32_t line; /* of the row at hand */
    parse_section section;
    uint64_t process; /* PROCESS of the threads that follow */
    bool analyzing;   /* STACK_TEXT has begun */
    bool has_thread;  /* `thread` is being filled */
    bool stack_begun; /* its frames have */
    bool next_loops;
    bool returns_only; /* the column of the stack at hand is RetAddr; else a lone address is the frame's own */
    uint64_t implicit; /* thread that .thread has set */
    uint64_t last_sp;  /* of the stack before */
    bool begun;        /* a row of this input has been seen */
    bool commanded;    /* the last row was a command */
    bool unsure;       /* the row at hand is the input's last, and has no end: it may be cut */
    triage_thread thread;
    triage_frame frames[PARSE_FRAMES_MOST];
    bool full; /* no memory for a result */
} parser;

void parse_begin(parser *p, store *s, triage_log *log);
void parse_file(parser *p, uint32_t file); /* what follows is of this input */
void parse_row(parser *p, const char *row, uint32_t line);
void parse_end(parser *p);

/* Each: was the row of this kind? */
bool parse_thread_row(parser *p, const char *row);
bool parse_stack_row(parser *p, const char *row);
bool parse_bugcheck_row(parser *p, const char *row);
bool parse_module_row(parser *p, const char *row);
bool parse_report_row(parser *p, const char *row);

/* Ends the thread at hand and keeps it if it can matter. */
void parse_finish_thread(parser *p);
/* Begins one whose header has not been seen. */
void parse_start_thread(parser *p);

const char *parse_text(parser *p, frame_text text);
const char *parse_string(parser *p, const char *text);
/* Name of a module as rules compare it: without .sys, "nt" for every kernel. */
const char *parse_module_name(parser *p, frame_text name);

/* What happened last in this log, to which details belong; NULL: nothing yet. */
triage_bugcheck *parse_last_bugcheck(parser *p);
triage_fault *parse_fault(parser *p); /* makes one if there is none; NULL: no memory */

#endif
