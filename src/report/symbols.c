/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbols.c - a memory of named places, filled in batches. */
#include "symbols.h"
#include "arena.h"
#include "leaf_starts.h"
#include "nearest.h"
#include "symbolizer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    symbol_place place; /* img NULL = free */
    const symbol *name;
} slot;

struct symbols {
    report_arena *arena;
    slot *slots;     /* open addressing */
    size_t capacity; /* power of two */
    size_t count;
    symbolizer *program;
    const char *note;
    bool given_up; /* llvm-symbolizer is missing or broken: do not try again; or not wanted */
};

/* The memory ------------------------------------------------------------ */

static size_t hash(const symbol_place *place)
{
    uint64_t h = ((uint64_t)(uintptr_t)place->img >> 4) ^ ((uint64_t)place->rva << 1 | place->call);
    return (size_t)(h * 0x9e3779b97f4a7c15u >> 20);
}

static slot *find(slot *slots, size_t capacity, const symbol_place *place)
{
    for (size_t i = hash(place);; i++) {
        slot *s = &slots[i & (capacity - 1)];
        if (s->place.img == NULL ||
            (s->place.img == place->img && s->place.rva == place->rva && s->place.call == place->call))
            return s;
    }
}

static void *need(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void make_room(symbols *s)
{
    if (s->count * 2 < s->capacity)
        return;
    size_t capacity = s->capacity == 0 ? 256 : s->capacity * 2;
    slot *slots = need(calloc(capacity, sizeof *slots));
    for (size_t i = 0; i < s->capacity; i++) {
        if (s->slots[i].place.img != NULL)
            *find(slots, capacity, &s->slots[i].place) = s->slots[i];
    }
    free(s->slots);
    s->slots = slots;
    s->capacity = capacity;
}

symbols *symbols_create(void)
{
    symbols *s = need(calloc(1, sizeof *s));
    s->arena = report_arena_create();
    s->program = need(symbolizer_create());
    make_room(s);
    return s;
}

void symbols_destroy(symbols *s)
{
    if (s == NULL)
        return;
    symbolizer_destroy(s->program);
    report_arena_destroy(s->arena);
    free(s->slots);
    free(s);
}

void symbols_forgo_lines(symbols *s) { s->given_up = true; }

void symbols_rest(symbols *s) { symbolizer_rest(s->program); }

const char *symbols_note(const symbols *s) { return s->note; }

/* Names ------------------------------------------------------------ */

void symbols_module_name(const image *img, char *name, size_t size)
{
    const char *full = image_name(img), *dot = strrchr(full, '.');
    size_t length = dot != NULL && dot != full ? (size_t)(dot - full) : strlen(full);
    if (strcmp(full, "ntoskrnl.exe") == 0) {
        full = "nt";
        length = 2;
    }
    if (length >= size)
        length = size - 1;
    for (size_t i = 0; i < length; i++)
        name[i] = isalnum((unsigned char)full[i]) ? full[i] : '_';
    name[length] = '\0';
}

/* "Queue::Stop(int) const" is Queue::Stop to a debugger; "operator()" and "(anonymous namespace)::f" stay. */
static void drop_parameters(char *name)
{
    char *end = strrchr(name, ')');
    int depth = 0;
    if (end == NULL || strstr(end, "::") != NULL)
        return;
    for (char *c = end; c >= name; c--) {
        depth += (*c == ')') - (*c == '(');
        if (depth == 0) {
            if (c > name && !(c - name >= 8 && strncmp(c - 8, "operator", 8) == 0))
                *c = '\0';
            return;
        }
    }
}

/* Is `name` one of the labels that happen to stand where a function starts? Linkers leave such marks. */
static const char *function_at(const image *img, uint32_t start, const char *name)
{
    const image_symbol *all;
    size_t count = image_symbols(img, &all);
    const char *function = NULL;
    for (size_t i = image_symbol_index(img, start); i < count && all[i].rva == start; i++) {
        if (all[i].function && function == NULL)
            function = all[i].name;
        if (strcmp(all[i].name, name) == 0)
            return all[i].function || function == NULL ? name : function;
    }
    return name;
}

/* What debug information knows, completed by what the image itself knows. `named` is where the function starts. */
static const char *choose_function(const symbol_place *place, const symbolizer_answer *answer, uint32_t *start)
{
    uint32_t at = place->rva - place->call;
    nearest own = {0};
    bool have_own = nearest_function(place->img, at, &own);
    const char *name = answer->function;
    if (name != NULL && (answer->file != NULL || !have_own)) {
        *start = answer->start != 0 ? answer->start : own.begin;
        if (answer->file != NULL)
            return *start != 0 ? function_at(place->img, *start, name) : name;
        /* A name without a line is a public symbol: the nearest one below, which may be another function's. */
        if (own.floor != 0 && answer->start >= own.floor)
            return name;
    }
    *start = own.begin;
    return have_own ? own.name : NULL;
}

static const symbol *name_place(symbols *s, const symbol_place *place, const symbolizer_answer *answer)
{
    symbol *name = report_arena_alloc(s->arena, 1, sizeof *name);
    char module[256];
    uint32_t start = 0;
    const char *function = choose_function(place, answer, &start);
    symbols_module_name(place->img, module, sizeof module);
    name->module = report_arena_copy(s->arena, module);
    name->file = report_arena_copy(s->arena, answer->file);
    name->line = answer->line;
    name->offset = place->rva;
    if (function == NULL) {
        name->text = report_arena_printf(s->arena, "%s+0x%x", module, place->rva);
        return name;
    }
    char *copy = report_arena_copy(s->arena, function);
    drop_parameters(copy);
    name->function = copy;
    name->offset = start != 0 && start <= place->rva ? place->rva - start : 0;
    name->text = name->offset != 0 ? report_arena_printf(s->arena, "%s!%s+0x%x", module, copy, name->offset)
                                   : report_arena_printf(s->arena, "%s!%s", module, copy);
    return name;
}

/* Batches ------------------------------------------------------------ */

static const char *note_for(symbolizer_status status)
{
    switch (status) {
    case SYMBOLIZER_MISSING: return "no source lines: llvm-symbolizer is not installed (package llvm)";
    case SYMBOLIZER_TIMED_OUT: return "some source lines are missing: llvm-symbolizer took too long and was ended";
    case SYMBOLIZER_FAILED:
        return "some source lines are missing: llvm-symbolizer did not answer (version 13 or later is needed)";
    case SYMBOLIZER_OK: break;
    }
    return NULL;
}

static void ask(symbols *s, const symbolizer_query *queries, size_t count, symbolizer_answer *answers)
{
    if (s->given_up)
        return;
    symbolizer_status status = symbolizer_ask(s->program, queries, count, answers);
    if (status == SYMBOLIZER_OK)
        status = leaf_starts_find(s->program, queries, answers, count);
    if (status == SYMBOLIZER_OK)
        return;
    s->note = note_for(status);
    s->given_up = true;
}

void symbols_resolve(symbols *s, const symbol_place *places, size_t count)
{
    symbolizer_query *queries = need(calloc(count + 1, sizeof *queries));
    symbolizer_answer *answers = need(calloc(count + 1, sizeof *answers));
    symbol_place *fresh = need(calloc(count + 1, sizeof *fresh));
    size_t pending = 0;
    for (size_t i = 0; i < count; i++) {
        make_room(s);
        slot *known = find(s->slots, s->capacity, &places[i]);
        if (known->place.img != NULL)
            continue;
        known->place = places[i];
        s->count++;
        queries[pending] = (symbolizer_query){places[i].img, places[i].rva - places[i].call};
        fresh[pending++] = places[i];
    }
    if (pending != 0)
        ask(s, queries, pending, answers);
    for (size_t i = 0; i < pending; i++)
        find(s->slots, s->capacity, &fresh[i])->name = name_place(s, &fresh[i], &answers[i]);
    symbolizer_free(answers, pending);
    free(fresh);
    free(answers);
    free(queries);
}

const symbol *symbols_at(symbols *s, symbol_place place)
{
    slot *known = find(s->slots, s->capacity, &place);
    if (known->place.img == NULL) {
        symbols_resolve(s, &place, 1);
        known = find(s->slots, s->capacity, &place);
    }
    return known->name;
}

/* Debug information is what gives a line; the entry point is sure to be code. */
const char *symbols_kind(symbols *s, const image *img)
{
    if (image_has_dwarf(img))
        return "DWARF";
    return symbols_at(s, (symbol_place){img, image_entry(img), false})->file != NULL ? "PDB" : NULL;
}
