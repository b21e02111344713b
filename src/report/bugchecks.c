/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bugchecks.h"

#include <stdio.h>

#include "ntstatus.h"

#define MINIDUMP 0x10000000u /* bit that minidumps add to a code: 0x1000007E */

typedef struct {
    uint32_t code;
    const char *name, *explanation, *argument[4];
} bugcheck;

static const bugcheck bugchecks[] = {
#define X(code, name, explanation, a1, a2, a3, a4) {code, name, explanation, {a1, a2, a3, a4}},
#include "bugchecks.inc"
#undef X
};

typedef struct {
    uint32_t code;
    uint64_t kind;
    const char *what, *argument[3];
} violation;

static const violation violations[] = {
#define X(code, kind, what, a2, a3, a4) {code, kind, what, {a2, a3, a4}},
#include "violations.inc"
#undef X
};

static const bugcheck *find(uint32_t code)
{
    for (size_t i = 0; i < sizeof bugchecks / sizeof *bugchecks; i++)
        if (bugchecks[i].code == (code & ~MINIDUMP))
            return &bugchecks[i];
    return NULL;
}

static const violation *find_violation(uint32_t code, uint64_t kind)
{
    for (size_t i = 0; i < sizeof violations / sizeof *violations; i++)
        if (violations[i].code == (code & ~MINIDUMP) && violations[i].kind == kind)
            return &violations[i];
    return NULL;
}

const char *report_bugcheck_name(uint32_t code)
{
    if (code == (0x7Eu | MINIDUMP))
        return "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M";
    if (code == (0x8Eu | MINIDUMP))
        return "KERNEL_MODE_EXCEPTION_NOT_HANDLED_M";
    const bugcheck *found = find(code);
    return found ? found->name : "BUGCHECK";
}

const char *report_bugcheck_explanation(uint32_t code)
{
    const bugcheck *found = find(code);
    return found ? found->explanation : NULL;
}

const char *report_irql_name(uint64_t irql)
{
    static const char *const names[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};
    if (irql < sizeof names / sizeof *names)
        return names[irql];
    return irql == 15 ? "HIGH_LEVEL" : NULL;
}

/* Microsoft, "Bug Check 0x50": 2 and 8 are execute; 0x10 is execute on newer systems. */
static const char *access_name(uint64_t access)
{
    switch (access) {
    case 0: return "read";
    case 1: return "write";
    case 2:
    case 8:
    case 0x10: return "execute";
    default: return NULL;
    }
}

static const char *page_fault_type(uint64_t type)
{
    switch (type) {
    case 0: return "freed page";
    case 2: return "no page table";
    case 3: return "wrong session";
    case 4: return "address not canonical";
    case 0xF: return "user-mode address";
    default: return NULL;
    }
}

static const char *trap_name(uint64_t trap)
{
    switch (trap) {
    case 0: return "divide by zero";
    case 4: return "overflow";
    case 5: return "bounds check";
    case 6: return "invalid opcode";
    case 8: return "double fault";
    case 0xD: return "general protection fault";
    default: return NULL;
    }
}

static const char *decode(char how, uint32_t code, uint64_t value)
{
    const violation *kind;
    switch (how) {
    case 'S': return report_ntstatus_name((uint32_t)value);
    case 'A': return access_name(value);
    case 'I': return report_irql_name(value);
    case 'P': return page_fault_type(value);
    case 'T': return trap_name(value);
    case 'V': return (kind = find_violation(code, value)) ? kind->what : NULL;
    default: return NULL;
    }
}

const char *report_bugcheck_argument(uint32_t code, const uint64_t args[4], size_t index, char *buffer)
{
    const bugcheck *found = find(code);
    const char *format = found && index < 4 ? found->argument[index] : "=";
    const violation *kind = found && index > 0 && index < 4 ? find_violation(code, args[0]) : NULL;
    if (kind && found->argument[0][0] == 'V' && kind->argument[index - 1]) {
        snprintf(buffer, REPORT_ARGUMENT_SIZE, "%s", kind->argument[index - 1]);
        return buffer;
    }
    const char *decoded = format[0] == '=' ? NULL : decode(format[0], code, args[index]);
    const char *text = format[1] ? format + 1 : "reserved";
    snprintf(buffer, REPORT_ARGUMENT_SIZE, "%s%s%s", text, decoded ? ": " : "", decoded ? decoded : "");
    return buffer;
}
