/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbolizer.c - questions to llvm-symbolizer, one per line, and its JSON answers, a line each, in the same order. */
#include "symbolizer.h"
#include "child.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TIME_LIMIT_MS = 20000, /* a PDB of hundreds of megabytes takes seconds */
    IMAGES_MAX = 64,
    PATH_LONGEST = 900, /* it reads 1023 bytes of a line */
    OLDEST = 13,        /* the first version with JSON */
    NEWEST = 30         /* of the versioned names that are tried */
};

struct symbolizer {
    child program;
    bool runs;
    /* Images that have no file of their own, or a path that a line of input cannot carry, are handed over in memory. The
     * program remembers what it has read by name: none gets the name of another. */
    const image *images[IMAGES_MAX];
    int files[IMAGES_MAX]; /* -1: by path */
    size_t count;
};

symbolizer *symbolizer_create(void) { return calloc(1, sizeof(symbolizer)); }

void symbolizer_rest(symbolizer *s)
{
    if (s->runs)
        child_end(&s->program);
    s->runs = false;
    for (size_t i = 0; i < s->count; i++) {
        if (s->files[i] >= 0)
            close(s->files[i]);
    }
    s->count = 0;
}

void symbolizer_destroy(symbolizer *s)
{
    if (s == NULL)
        return;
    symbolizer_rest(s);
    free(s);
}

/* Questions ------------------------------------------------------------ */

static bool path_is_plain(const char *path)
{
    return path != NULL && strlen(path) <= PATH_LONGEST && strpbrk(path, "\"'\n\r\\") == NULL &&
           access(path, R_OK) == 0;
}

/* Index of `img`, or IMAGES_MAX. */
static size_t hand_over(symbolizer *s, const image *img)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->images[i] == img)
            return i;
    }
    if (s->count == IMAGES_MAX)
        return IMAGES_MAX;
    size_t size;
    int file = -1;
    if (!path_is_plain(image_path(img))) {
        const void *bytes = image_bytes(img, &size);
        file = child_file(bytes, size);
        if (file < 0)
            return IMAGES_MAX;
    }
    s->images[s->count] = img;
    s->files[s->count] = file;
    return s->count++;
}

static void write_query(FILE *out, symbolizer *s, const symbolizer_query *query)
{
    size_t index = hand_over(s, query->img);
    if (index == IMAGES_MAX)
        fprintf(out, "\"/nonexistent\" 0x%x\n", query->rva);
    else if (s->files[index] >= 0)
        fprintf(out, "\"/proc/%ld/fd/%d\" 0x%x\n", (long)getpid(), s->files[index], query->rva);
    else
        fprintf(out, "\"%s\" 0x%x\n", image_path(query->img), query->rva);
}

/* To be freed; NULL = no memory. */
static char *write_queries(symbolizer *s, const symbolizer_query *queries, size_t count, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        write_query(out, s, &queries[i]);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* Answers ------------------------------------------------------------ */

static char *known_text(const json_t *frame, const char *key)
{
    const char *text = json_string_value(json_object_get(frame, key));
    return text != NULL && *text != '\0' && strcmp(text, "??") != 0 ? strdup(text) : NULL;
}

/* "0x140001000", the preferred base included. */
static uint32_t start_of(const json_t *frame, const image *img)
{
    const char *text = json_string_value(json_object_get(frame, "StartAddress"));
    uint64_t base = image_preferred_base(img);
    uint64_t start = text != NULL ? strtoull(text, NULL, 16) : 0;
    if (start >= base)
        start -= base;
    return start < image_size(img) ? (uint32_t)start : 0;
}

static size_t directory_length(const char *path)
{
    size_t length = path != NULL ? strlen(path) : 0;
    while (length > 0 && path[length - 1] != '/' && path[length - 1] != '\\')
        length--;
    return length;
}

/* The innermost frame that is source of the same directory as the function: a line of a compiler's or the DDK's header,
 * inlined, tells nobody anything. */
static const json_t *frame_to_show(const json_t *frames, size_t count)
{
    const char *own = json_string_value(json_object_get(json_array_get(frames, count - 1), "FileName"));
    size_t length = directory_length(own);
    for (size_t i = 0; i + 1 < count && own != NULL; i++) {
        const char *file = json_string_value(json_object_get(json_array_get(frames, i), "FileName"));
        if (directory_length(file) == length && strncmp(file != NULL ? file : "", own, length) == 0)
            return json_array_get(frames, i);
    }
    return json_array_get(frames, count - 1);
}

/* Frames come innermost first; all but the last are inlined into it. */
static void read_answer(const json_t *line, const symbolizer_query *query, symbolizer_answer *answer)
{
    const json_t *frames = json_object_get(line, "Symbol");
    size_t count = json_array_size(frames);
    if (count == 0)
        return;
    const json_t *inner = frame_to_show(frames, count), *outer = json_array_get(frames, count - 1);
    json_int_t number = json_integer_value(json_object_get(inner, "Line"));
    answer->function = known_text(outer, "FunctionName");
    answer->file = known_text(inner, "FileName");
    answer->line = answer->file != NULL && number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
    answer->start = start_of(outer, query->img);
}

/* It repeats the address. One that has lost count must not name one place as another. */
static bool is_of(const json_t *line, const symbolizer_query *query)
{
    const char *address = json_string_value(json_object_get(line, "Address"));
    return json_is_object(line) && (address == NULL || strtoull(address, NULL, 16) == query->rva);
}

/* CHILD_FAILED: that is no answer. */
static child_status take_answer(symbolizer *s, int64_t deadline, const symbolizer_query *query,
                                symbolizer_answer *answer)
{
    const char *text = NULL;
    size_t length = 0;
    child_status status = CHILD_OK;
    while (status == CHILD_OK && length == 0)
        status = child_line(&s->program, deadline, &text, &length);
    if (status != CHILD_OK)
        return status;
    json_t *line = json_loadb(text, length, JSON_ALLOW_NUL, NULL);
    if (is_of(line, query))
        read_answer(line, query, answer);
    else
        status = CHILD_FAILED;
    json_decref(line);
    return status;
}

/* The program ------------------------------------------------------------ */

static child_status start(symbolizer *s, const char *program)
{
    char *const argv[] = {(char[]){"llvm-symbolizer"},
                          (char[]){"--output-style=JSON"},
                          (char[]){"--relative-address"},
                          (char[]){"--inlines"},
                          (char[]){"--functions=linkage"},
                          (char[]){"--demangle"},
                          NULL};
    child_status status = child_start(&s->program, program, argv);
    s->runs = status == CHILD_OK;
    return status;
}

/* Debian and others install it under versioned names only, unless asked. */
static child_status start_any(symbolizer *s)
{
    const char *chosen = getenv("LLVM_SYMBOLIZER_PATH");
    child_status status = start(s, chosen != NULL ? chosen : "llvm-symbolizer");
    for (int version = NEWEST; chosen == NULL && status == CHILD_NOT_FOUND && version >= OLDEST; version--) {
        char name[32];
        snprintf(name, sizeof name, "llvm-symbolizer-%d", version);
        status = start(s, name);
    }
    return status;
}

static child_status exchange(symbolizer *s, const symbolizer_query *queries, size_t count, symbolizer_answer *answers)
{
    size_t size = 0;
    int64_t deadline = child_now() + TIME_LIMIT_MS;
    child_status status = s->runs ? CHILD_OK : start_any(s);
    char *text = status == CHILD_OK ? write_queries(s, queries, count, &size) : NULL;
    if (status == CHILD_OK && (text == NULL || !child_say(&s->program, text, size)))
        status = CHILD_FAILED;
    for (size_t i = 0; i < count && status == CHILD_OK; i++)
        status = take_answer(s, deadline, &queries[i], &answers[i]);
    free(text);
    return status;
}

symbolizer_status symbolizer_ask(symbolizer *s, const symbolizer_query *queries, size_t count,
                                 symbolizer_answer *answers)
{
    memset(answers, 0, count * sizeof *answers);
    child_status status = exchange(s, queries, count, answers);
    if (status != CHILD_OK)
        symbolizer_rest(s);
    switch (status) {
    case CHILD_OK: return SYMBOLIZER_OK;
    case CHILD_NOT_FOUND: return SYMBOLIZER_MISSING;
    case CHILD_TIMED_OUT: return SYMBOLIZER_TIMED_OUT;
    default: return SYMBOLIZER_FAILED;
    }
}

void symbolizer_free(symbolizer_answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(answers[i].function);
        free(answers[i].file);
    }
}
