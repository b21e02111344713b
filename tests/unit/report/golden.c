/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void write_golden(const char *path, const char *text)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static char *read_golden(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        fail_msg("cannot open %s; AIRLOCK_UPDATE_GOLDEN=1 makes it", path);
    char *text = NULL;
    size_t size = 0;
    FILE *copy = open_memstream(&text, &size);
    for (int c; (c = fgetc(in)) != EOF;)
        fputc(c, copy);
    fclose(in);
    fclose(copy);
    return text;
}

static void first_difference(const char *path, const char *want, const char *got)
{
    unsigned line = 1;
    while (*want && *want == *got) {
        size_t length = strcspn(want, "\n");
        if (strncmp(want, got, length + 1))
            break;
        want += length + (want[length] == '\n');
        got += length + (got[length] == '\n');
        line++;
    }
    fail_msg("%s:%u\n  want: %.*s\n  got:  %.*s", path, line, (int)strcspn(want, "\n"), want, (int)strcspn(got, "\n"),
             got);
}

void assert_golden(const char *name, const char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_DIRECTORY, name);
    if (getenv("AIRLOCK_UPDATE_GOLDEN")) {
        write_golden(path, text);
        return;
    }
    char *want = read_golden(path);
    if (strcmp(want, text))
        first_difference(path, want, text);
    free(want);
}
