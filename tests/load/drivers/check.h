/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.h - drivers that test the kernel they run on: what is not as documented is printed. */
#ifndef CHECK_H
#define CHECK_H

#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;

#define CHECK(Condition)                                                            \
    do {                                                                            \
        if (!(Condition)) {                                                         \
            DbgPrint("FAIL %s line %d: %s\n", __FILE_NAME__, __LINE__, #Condition); \
        }                                                                           \
    } while (0)

#define TEXT(Name, Value) UNICODE_STRING Name = RTL_CONSTANT_STRING(Value)

static inline VOID Sleep(LONG Milliseconds)
{
    LARGE_INTEGER Time;

    Time.QuadPart = Milliseconds * -10000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &Time);
}

#endif
