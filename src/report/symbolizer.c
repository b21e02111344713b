/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbolizer.c - questions to llvm-symbolizer, one per line, and its JSON answers, in the same order. */
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
    IMAGES_MAX = 64,       /* in one batch */
    OLDEST = 13,           /* the first version with JSON */
    NEWEST = 30            /* of the versioned names that are tried */
};

/* Images that have no file of their own, or a path that a line of input cannot carry, are handed over in memory. */
typedef struct {
    const image *images[IMAGES_MAX];
    int files[IMAGES_MAX]; /* -1: by path */
    size_t count;
} handed_over;

static bool path_is_plain(const char *path)
{
    return path != NULL && strpbrk(path, "\"'\n\r\\") == NULL && access(path, R_OK) == 0;
}

/* Index of `img`, or IMAGES_MAX. */
static size_t hand_over(handed_over *list, const image *img)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->images[i] == img)
            return i;
    }
    if (list->count == IMAGES_MAX)
        return IMAGES_MAX;
    size_t size;
    int file = -1;
    if (!path_is_plain(image_path(img))) {
        const void *bytes = image_bytes(img, &size);
        file = child_file(bytes, size);
        if (file < 0)
            return IMAGES_MAX;
    }
    list->images[list->count] = img;
    list->files[list->count] = file;
    return list->count++;
}

static void write_query(FILE *out, handed_over *list, const symbolizer_query *query)
{
    size_t index = hand_over(list, query->img);
    if (index == IMAGES_MAX)
        fprintf(out, "\"/nonexistent\" 0x0\n");
    else if (list->files[index] >= 0)
        fprintf(out, "\"/proc/self/fd/%d\" 0x%x\n", list->files[index], query->rva);
    else
        fprintf(out, "\"%s\" 0x%x\n", image_path(query->img), query->rva);
}

static int write_queries(const symbolizer_query *queries, size_t count, handed_over *list)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        write_query(out, list, &queries[i]);
    int file = fclose(out) == 0 ? child_file(text, size) : -1;
    free(text);
    return file;
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

static size_t read_answers(const char *text, size_t size, const symbolizer_query *queries, size_t count,
                           symbolizer_answer *answers)
{
    size_t done = 0;
    const char *end = text + size;
    while (text < end && done < count) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline != NULL ? newline : end;
        json_t *line = json_loadb(text, (size_t)(stop - text), JSON_ALLOW_NUL, NULL);
        if (json_is_object(line)) {
            read_answer(line, &queries[done], &answers[done]);
            done++;
        }
        json_decref(line);
        text = stop + 1;
    }
    return done;
}

/* The child ------------------------------------------------------------ */

static child_status run(const char *program, int input, const handed_over *list, char **output, size_t *size)
{
    char *const argv[] = {(char[]){"llvm-symbolizer"},
                          (char[]){"--output-style=JSON"},
                          (char[]){"--relative-address"},
                          (char[]){"--inlines"},
                          (char[]){"--functions=linkage"},
                          (char[]){"--demangle"},
                          NULL};
    int keep[IMAGES_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->files[i] >= 0)
            keep[kept++] = list->files[i];
    }
    return child_run(program, argv, input, keep, kept, TIME_LIMIT_MS, output, size);
}

/* Debian and others install it under versioned names only, unless asked. */
static child_status run_any(int input, const handed_over *list, char **output, size_t *size)
{
    const char *chosen = getenv("LLVM_SYMBOLIZER_PATH");
    child_status status = run(chosen != NULL ? chosen : "llvm-symbolizer", input, list, output, size);
    for (int version = NEWEST; chosen == NULL && status == CHILD_NOT_FOUND && version >= OLDEST; version--) {
        char name[32];
        snprintf(name, sizeof name, "llvm-symbolizer-%d", version);
        status = run(name, input, list, output, size);
    }
    return status;
}

static symbolizer_status status_of(child_status status, bool answered_all)
{
    switch (status) {
    case CHILD_OK: return answered_all ? SYMBOLIZER_OK : SYMBOLIZER_FAILED;
    case CHILD_NOT_FOUND: return SYMBOLIZER_MISSING;
    case CHILD_TIMED_OUT: return SYMBOLIZER_TIMED_OUT;
    default: return SYMBOLIZER_FAILED;
    }
}

symbolizer_status symbolizer_ask(const symbolizer_query *queries, size_t count, symbolizer_answer *answers)
{
    handed_over list = {.count = 0};
    char *output = NULL;
    size_t size = 0, answered = 0;
    child_status status = CHILD_FAILED;
    memset(answers, 0, count * sizeof *answers);
    int input = write_queries(queries, count, &list);
    if (input >= 0) {
        status = run_any(input, &list, &output, &size);
        answered = read_answers(output, size, queries, count, answers);
        close(input);
    }
    for (size_t i = 0; i < list.count; i++) {
        if (list.files[i] >= 0)
            close(list.files[i]);
    }
    free(output);
    return status_of(status, answered == count);
}

void symbolizer_free(symbolizer_answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(answers[i].function);
        free(answers[i].file);
    }
}
