/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "classes.h"

#include <string.h>

static const struct {
    const char *kind, *meaning;
} classes[] = {
    {"F1", "the unload callback meets what DriverEntry has not initialised yet"},
    {"F2", "the unload callback frees what DriverEntry still uses"},
    {"F3", "DriverEntry creates something after the unload callback has cleaned up"},
    {"F4", "the image is unmapped while code of it is still to run"},
    {"F5", "the I/O manager uses the driver's objects after they are gone"},
    {"F6", "the reference that loading holds is dropped twice"},
    {"F7", "a wait that nothing ends"},
    {"F8", "the service state and the driver disagree"},
    {"F9", "a callback arrives before the driver is ready for it"},
    {"bugcheck", "the system stops"},
    {"deadlock", "threads wait for each other"},
    {"livelock", "a thread loops for ever and changes nothing"},
    {"leak", "the driver is gone and has left something behind"},
    {"misuse", "a kernel routine is used in a way that its contract does not allow"},
    {"state", "the service state and the driver disagree"},
};

const char *report_class_meaning(const char *kind)
{
    for (size_t i = 0; kind && i < sizeof classes / sizeof *classes; i++)
        if (!strcmp(classes[i].kind, kind))
            return classes[i].meaning;
    return NULL;
}
