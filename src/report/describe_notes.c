/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_notes.c - the data races of the driver that no failure turns on.
 *
 * The explorer tells of pairs of accesses that nothing orders. Of these a note is made if one of the two is made by the
 * driver's own code, and both by instructions that are not interlocked: x86 reads and writes aligned words at once, so
 * that an interlocked access and a plain one get along, as drivers rely on.
 */
#include "describe_parts.h"

#include <stdlib.h>
#include <string.h>

#include "disassemble.h"
#include "meetings.h"

typedef struct {
    uint64_t address;
    uint32_t bytes;
    uint64_t site[2];
    bool write[2], known[2]; /* known: role */
    uint32_t thread[2];
    lab_role role[2];
} data_race;

typedef struct {
    data_race *all;
    size_t count;
} data_races;

static bool is_interlocked(describer *d, const unwind_frame *at)
{
    const char *text = disassemble(d->arena, at->img, at->rva);
    bool exchange = text && !strncmp(text, "xchg", 4) && strchr(text, '[');
    return !text || exchange || !strncmp(text, "lock ", 5) || !strncmp(text, "syscall", 7);
}

static bool is_plain(describer *d, uint64_t site, bool *drivers)
{
    unwind_frame at = capture_frame_of(d->l, site);
    *drivers |= is_drivers(d, &at);
    return at.img && !is_interlocked(d, &at);
}

/* Whose accesses these are does not matter, nor which came first. */
static data_race race_of(const lab_meeting *m)
{
    bool turned = m->first_site > m->second_site;
    int first = turned ? 1 : 0;
    data_race r = {.address = m->object, .bytes = 4};
    r.site[first] = m->first_site;
    r.write[first] = m->first_write;
    r.thread[first] = m->first_thread;
    r.site[!first] = m->second_site;
    r.write[!first] = m->second_write;
    r.thread[!first] = m->second_thread;
    r.role[!first] = (lab_role)m->second_role;
    r.known[!first] = true;
    return r;
}

/* The same two accesses: perhaps to the next word of what they access. */
static bool is_same(const data_race *a, const data_race *b)
{
    return a->site[0] == b->site[0] && a->site[1] == b->site[1] && a->write[0] == b->write[0] &&
           a->write[1] == b->write[1] && b->address >= a->address && b->address <= a->address + a->bytes;
}

static void add(data_races *races, const data_race *r)
{
    data_race *known = NULL;
    for (size_t i = 0; i < races->count && !known; i++) {
        known = is_same(&races->all[i], r) ? &races->all[i] : NULL;
    }
    if (!known) {
        races->all[races->count++] = *r;
        return;
    }
    if (r->address == known->address + known->bytes) {
        known->bytes += r->bytes;
    }
    for (int i = 0; i < 2; i++) {
        if (r->known[i] && !known->known[i]) {
            known->role[i] = r->role[i];
            known->thread[i] = r->thread[i];
            known->known[i] = true;
        }
    }
}

static data_races collect(describer *d)
{
    lab_meeting *met;
    size_t count = lab_meetings(d->l, &met);
    data_races races = {report_arena_alloc(d->arena, count + 1, sizeof *races.all), 0};
    for (size_t i = 0; i < count; i++) {
        data_race r = race_of(&met[i]);
        bool drivers = false, first = is_plain(d, r.site[0], &drivers), second = is_plain(d, r.site[1], &drivers);
        if (first && second && drivers) {
            add(&races, &r);
        }
    }
    free(met);
    return races;
}

static bool fails(const describe_round *rounds, size_t count, const data_race *r)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < rounds[i].turn_count; k++) {
            if (rounds[i].turns[k] - r->address < r->bytes) {
                return true;
            }
        }
    }
    return false;
}

/* "isolate!Queues" of "isolate!Queues[1].List" and "isolate!Queues+0x8": one variable. */
static bool is_of(const char *variable, const char *word)
{
    size_t length = variable ? strcspn(variable, "+[.") : 0;
    return length && word && strcspn(word, "+[.") == length && !strncmp(variable, word, length);
}

/* It is what a failure is told of. */
static bool is_told(const report_run *run, const char *word)
{
    for (size_t i = 0; i < run->failure_count; i++) {
        const report_failure *f = &run->failures[i];
        if (is_of(f->race_object, word) || (f->decides && is_of(f->decides->object, word))) {
            return true;
        }
    }
    return false;
}

static report_racer describe_racer(describer *d, const data_race *r, int which)
{
    unwind_frame at = capture_frame_of(d->l, r->site[which]);
    const symbol *name = name_of(d, &at);
    return (report_racer){.role = describe_who(d, r->thread[which], r->role[which]),
                          .place = name_text(d, &at),
                          .file = name ? report_arena_copy(d->arena, name->file) : NULL,
                          .line = name ? name->line : 0,
                          .write = r->write[which]};
}

/* The word as it is when the two commands are given one after the other. */
static const char *word_text(describer *d, const data_race *r)
{
    const lab_schedule nothing = {0};
    lab_ground ground = {0};
    if (!name_data(d, r->address)) {
        lab_witness(d->l, &nothing, r->address, NULL, 0, &ground);
    }
    return describe_word(d, r->address, &ground);
}

static void add_names(describer *d, const data_races *races)
{
    name_list names = {0};
    for (size_t i = 0; i < races->count; i++) {
        for (int k = 0; k < 2; k++) {
            unwind_frame at = capture_frame_of(d->l, races->all[i].site[k]);
            names_add(&names, &at);
        }
    }
    names_resolve(d, &names);
}

void describe_notes(describer *d, const describe_round *rounds, size_t count)
{
    const lab_schedule nothing = {0};
    report_run *run = d->run;
    lab_schedule_run(d->l, &nothing, NULL, NULL); /* the driver's image was there once: its addresses have names */
    data_races races = collect(d);
    add_names(d, &races);
    run->races = report_arena_alloc(d->arena, races.count + 1, sizeof *run->races);
    for (size_t i = 0; i < races.count; i++) {
        const char *word = word_text(d, &races.all[i]);
        if (!fails(rounds, count, &races.all[i]) && !is_told(run, word)) {
            report_race *out = &run->races[run->race_count++];
            out->object = word;
            for (int k = 0; k < 2; k++) {
                out->sides[k] = describe_racer(d, &races.all[i], k);
            }
        }
    }
}
