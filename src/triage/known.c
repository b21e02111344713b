/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "known.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MOST 128u /* longer names are none of these */

/* In the order of strcmp. Sources: public debugger output of XP to 11, documentation of the exported routines. */
static const known_function table[] = {
#define X(module, name, kind, doing, outer) {module, name, KNOWN_##kind, doing, outer},
#include "known.inc"
#undef X
};

static int compare(const void *name, const void *entry) { return strcmp(name, ((const known_function *)entry)->name); }

bool known_is_nt(const char *module)
{
    static const char *const names[] = {"nt", "ntoskrnl", "ntkrnlmp", "ntkrnlpa", "ntkrpamp"};
    for (size_t i = 0; module && i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(module, names[i]))
            return true;
    return false;
}

bool known_is_fltmgr(const char *module) { return module && !strcasecmp(module, "fltmgr"); }

bool known_is_windows(const char *module)
{
    static const char *const names[] = {
        "hal",         "ntdll",    "kernel32", "KERNELBASE", "win32k",   "win32kbase", "win32kfull",  "win32u",
        "user32",      "gdi32",    "advapi32", "rpcrt4",     "sechost",  "services",   "svchost",     "ucrtbase",
        "msvcrt",      "ole32",    "combase",  "wow64",      "wow64cpu", "wow64win",   "csrsrv",      "verifier",
        "verifierext", "Wdf01000", "WdFilter", "ntfs",       "volsnap",  "ks",         "ndis",        "tcpip",
        "afd",         "storport", "dxgkrnl",  "dxgmms2",    "cng",      "CI",         "VerifierExt", "session",
        "sechost",     "fltLib",   "FLTLIB",   "wow64base",  "PSHED",    "kdcom",      "ACPI",        "msrpc",
    };
    if (!module || known_is_nt(module) || known_is_fltmgr(module))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(module, names[i]))
            return true;
    return false;
}

/* "_IopLoadDriver@16", as symbols of x86 may be shown, to "IopLoadDriver". */
static const char *plain_name(const char *function, char buffer[NAME_MOST])
{
    size_t length = strcspn(function, "@");
    if (length == strlen(function) && *function != '_')
        return function;
    if (length >= NAME_MOST)
        return function;
    memcpy(buffer, function, length);
    buffer[length] = '\0';
    return buffer;
}

const known_function *known_find(const char *module, const char *function)
{
    char buffer[NAME_MOST];
    if (!module || !function)
        return NULL;
    const char *name = plain_name(function, buffer);
    const known_function *found = bsearch(name, table, sizeof table / sizeof *table, sizeof *table, compare);
    if (!found && *name == '_')
        found = bsearch(name + 1, table, sizeof table / sizeof *table, sizeof *table, compare);
    if (!found)
        return NULL;
    bool same = !strcmp(found->module, "nt") ? known_is_nt(module) : !strcasecmp(module, found->module);
    return same ? found : NULL;
}

/* Is `name` one of the words of `list`? */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

bool known_allows(const known_function *inner, const known_function *outer)
{
    if (!inner || !inner->outer)
        return true;
    if (!strcmp(inner->outer, "."))
        return false;
    return !outer || is_listed(inner->outer, outer->name);
}
