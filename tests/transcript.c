/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

void transcript_add(transcript *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    t->size += (size_t)vsnprintf(t->text + t->size, sizeof t->text - t->size, format, list);
    va_end(list);
    assert_true(t->size < sizeof t->text);
}

void transcript_print(void *context, uint32_t thread, const char *text, size_t size)
{
    (void)thread;
    transcript_add(context, "%.*s", (int)size, text);
}

bool transcript_keep_going(void *context, const machine_step *step)
{
    (void)context;
    (void)step;
    return true;
}
