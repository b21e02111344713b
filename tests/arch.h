/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arch.h - which processor a test with guest code of its own runs on: ctest runs it once for each (TEST_ARCH). */
#ifndef AIRLOCK_TESTS_ARCH_H
#define AIRLOCK_TESTS_ARCH_H

#include <stdlib.h>
#include <string.h>

#include "machine.h"

static inline machine_arch test_arch(void)
{
    const char *name = getenv("TEST_ARCH");
    return name != NULL && strcmp(name, "x86") == 0 ? MACHINE_X86 : MACHINE_X64;
}

#endif
