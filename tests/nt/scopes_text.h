/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scopes_text.h - what TestScopes (scopes-i386.c) prints. `none`: the try level outside of any scope. */
#ifndef AIRLOCK_TESTS_NT_SCOPES_TEXT_H
#define AIRLOCK_TESTS_NT_SCOPES_TEXT_H

#define SCOPES_TEXT(none)                  \
    "declined c0000017\n"                  \
    "inner 1\n"                            \
    "outer 1\n"                            \
    "passes: c0000017\n"                   \
    "inner 1\n"                            \
    "handled c0000017 at level 0 with 7\n" \
    "outer 0\n"                            \
    "handles: 0\n"                         \
    "asked c0000017 flags 1\n"             \
    "asked c000000d flags 11\n"            \
    "took c000000d\n"                      \
    "filter raises: 0\n"                   \
    "inner 1\n"                            \
    "outer 1\n"                            \
    "finally raises: c000000d\n"           \
    "tried at level 0\n"                   \
    "outer 1\n"                            \
    "finally tries: c0000017\n"            \
    "body\n"                               \
    "body raises: c000000d\n"              \
    "inner 1\n"                            \
    "outer 1\n"                            \
    "level " none "\n"                     \
    "returns\n"

#endif
