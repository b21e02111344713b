/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failable.c - the fail points of a module: for each routine of failable.tsv an export VfFail_NAME (failpoint-amd64.S,
 * failpoint-i386.S), which the lab gives a driver in place of NAME when one of its calls is to fail. It asks VfFailHere,
 * and goes on to NAME or returns the failure. What it goes by, here, and its code are compiled into each module from the
 * module's lines of the table, VF_FAILABLES.
 */
#include "ntos.h"

#include "failable.h"

/* clang-format off */
#define VF_FAILABLE(Name, Symbol, Pops, Failure, Text)                                                                 \
    extern const CHAR VfpRoutine_##Name[] __asm__(Symbol);                                                             \
    const VF_FAILABLE_ROUTINE VfFailable_##Name = {Text, VfpRoutine_##Name, (ULONG_PTR)(LONG_PTR)(Failure)};
#include VF_FAILABLES
/* clang-format on */
