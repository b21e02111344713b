/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ntstatus.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    uint32_t status;
    const char *name;
} status_name;

static const status_name names[] = {
#define X(value, text) {value, text},
#include "ntstatus.inc"
#undef X
};

static int by_status(const void *key, const void *element)
{
    uint32_t wanted = *(const uint32_t *)key, have = ((const status_name *)element)->status;
    return wanted < have ? -1 : wanted > have;
}

const char *report_ntstatus_name(uint32_t status)
{
    const status_name *found = bsearch(&status, names, sizeof names / sizeof *names, sizeof *names, by_status);
    return found ? found->name : NULL;
}

const char *report_ntstatus_meaning(uint32_t status)
{
    switch (status) {
    case 0x80000003: return "a breakpoint or an assertion was reached";
    case 0x80000004: return "a single step or trace instruction was reached";
    case 0xC0000005: return "memory was referenced that is not there, or not in that way";
    case 0xC000001D: return "the processor met an instruction that it does not know";
    case 0xC0000025: return "execution cannot go on after this exception";
    case 0xC0000026: return "an exception handler returned an invalid disposition";
    case 0xC0000028: return "a stack was met that is no stack";
    case 0xC0000094: return "an integer was divided by zero";
    case 0xC0000096: return "an instruction was used that this mode does not allow";
    case 0xC00000FD: return "the kernel stack is used up";
    case 0xC0000420: return "an assertion failed";
    default: return NULL;
    }
}

const char *report_ntstatus_text(uint32_t status, char *buffer)
{
    static const char *const severity[] = {"success", "informational", "warning", "error"};
    const char *name = report_ntstatus_name(status);
    snprintf(buffer, REPORT_NTSTATUS_SIZE, "0x%08X (%s)", status, name ? name : severity[status >> 30]);
    return buffer;
}
