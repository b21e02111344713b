/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failable.c - the fail points of a module: for each routine of failable.tsv an export VfFail_NAME, which the lab gives
 * a driver in place of NAME when one of its calls is to fail. It asks VfFailHere, and goes on to NAME or returns the
 * failure. Compiled into each module with its lines of the table in VF_FAILABLES.
 */
#include "ntos.h"

#include "failable.h"

/* clang-format off */
#define VF_FAILABLE(Name, Failure, Text)                                                                               \
    extern const CHAR VfpRoutine_##Name[] __asm__(#Name);                                                              \
    const VF_FAILABLE_ROUTINE VfFailable_##Name = {Text, VfpRoutine_##Name, (ULONG_PTR)(LONG_PTR)(Failure)};           \
    __asm__(".text\n\t.globl VfFail_" #Name "\nVfFail_" #Name ":\n\t"                                                  \
            "leaq VfFailable_" #Name "(%rip), %rax\n\t"                                                                \
            "jmp VfpFailPoint");
#include VF_FAILABLES
/* clang-format on */
