/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "logs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_log(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && !strcmp(dot, ".log");
}

static void split(a_log *log)
{
    const char *end = log->text + log->size;
    for (const char *at = log->text; at < end && log->line_count < LINES_OF_LOG;) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next + 1 : end;
        log->lines[log->line_count].at = at;
        log->lines[log->line_count++].length = (size_t)(next - at);
        at = next;
    }
}

static void read_log(const char *directory, const char *name, a_log *log)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(log->name, sizeof log->name, "%s", name);
    FILE *in = fopen(path, "rb"), *copy = open_memstream(&log->text, &log->size);
    for (int c; in && (c = fgetc(in)) != EOF;)
        fputc(c, copy);
    fclose(copy);
    if (in)
        fclose(in);
    split(log);
}

size_t logs_read(const char *directory, a_log *logs)
{
    struct dirent **names;
    int found = scandir(directory, &names, is_log, alphasort);
    size_t count = 0;
    for (int i = 0; i < found; i++) {
        if (count < LOGS_MOST)
            read_log(directory, names[i]->d_name, &logs[count++]);
        free(names[i]);
    }
    if (found >= 0)
        free(names);
    return count;
}

void logs_free(a_log *logs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(logs[i].text);
}

triage *logs_judge(const char *text, size_t size)
{
    triage *t = triage_create();
    triage_begin(t, "log");
    triage_feed(t, text, size);
    triage_finish(t);
    return t;
}
