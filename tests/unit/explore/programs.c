/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs.c - readers(n), and the race between loading and unloading. */
#include "programs.h"

void program_readers(synthetic *s, int n)
{
    static const synthetic_op writer[] = {{.kind = SYN_WRITE, .a = 0, .b = 1}, {.kind = SYN_END}};
    static synthetic_op reader[30][3];

    synthetic_init(s);
    synthetic_thread(s, writer);
    for (int i = 0; i < n; i++) {
        reader[i][0] = (synthetic_op){.kind = SYN_READ, .a = i + 1, .b = 1};
        reader[i][1] = (synthetic_op){.kind = SYN_READ, .a = 0, .b = 0};
        reader[i][2] = (synthetic_op){.kind = SYN_END};
        synthetic_thread(s, reader[i]);
    }
}

enum { LOCK, REGISTERED, COUNT, DONE, SLOT };

static size_t fill(synthetic_op *c, size_t k, int n)
{
    for (int i = 0; i < n; i++) {
        c[k++] = (synthetic_op){.kind = SYN_WRITE, .a = SLOT + i, .b = 1};
        c[k++] = (synthetic_op){.kind = SYN_ADD, .a = COUNT, .b = 1};
    }
    return k;
}

static size_t set_registered(synthetic_op *c, size_t k, int value)
{
    c[k++] = (synthetic_op){.kind = SYN_LOCK, .a = LOCK};
    c[k++] = (synthetic_op){.kind = SYN_WRITE, .a = REGISTERED, .b = value};
    c[k++] = (synthetic_op){.kind = SYN_UNLOCK, .a = LOCK};
    return k;
}

static void unloader(synthetic_op *c, int n, bool waits)
{
    size_t k = 0, skip;

    c[k++] = (synthetic_op){.kind = SYN_LOCK, .a = LOCK};
    c[k++] = (synthetic_op){.kind = SYN_READ, .a = REGISTERED, .b = 0};
    c[k++] = (synthetic_op){.kind = SYN_UNLOCK, .a = LOCK};
    skip = k++;
    if (waits)
        c[k++] = (synthetic_op){.kind = SYN_WAIT, .a = DONE, .b = 1};
    for (int i = 0; i < n; i++) {
        c[k++] = (synthetic_op){.kind = SYN_READ, .a = SLOT + i, .b = 1};
        c[k++] = (synthetic_op){.kind = SYN_FAIL_IF, .a = 1, .b = 0, .c = 1};
    }
    k = set_registered(c, k, 0);
    c[skip] = (synthetic_op){.kind = SYN_JUMP_IF, .a = 0, .b = 0, .c = (int)k};
    c[k] = (synthetic_op){.kind = SYN_END};
}

void program_race(synthetic *s, int n, bool last, bool waits)
{
    static synthetic_op load[64], unload[64];
    size_t k = 0;

    if (!last)
        k = set_registered(load, k, 1);
    k = fill(load, k, n);
    if (last)
        k = set_registered(load, k, 1);
    load[k++] = (synthetic_op){.kind = SYN_WRITE, .a = DONE, .b = 1};
    load[k] = (synthetic_op){.kind = SYN_END};
    unloader(unload, n, waits);
    synthetic_init(s);
    synthetic_thread(s, load);
    synthetic_thread(s, unload);
}
