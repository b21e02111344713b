/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - which Windows this is, and every behaviour of it that is not publicly known: a named switch each, with the
 * default that is worse for the driver. Filled once at boot from the loader block's options; read-only afterwards.
 *
 * MODEL_SWITCHES(X): X(field, option name, default, choices, what it decides). The host prints this list
 * (airlock explore --help-model), so the texts are for users.
 */
#ifndef AIRLOCK_NT_MODEL_H
#define AIRLOCK_NT_MODEL_H

#define MODEL_SWITCHES(X)                                                                                              \
    X(LoadLock, "load-lock", 0, "load-only,load-and-unload",                                                           \
      "whether unloading takes the lock that loading holds across DriverEntry (Windows 7 and earlier)")                \
    X(FilterLink, "filter-link", 0, "first,last",                                                                      \
      "whether FltRegisterFilter makes the filter findable before or after it writes DriverUnload and *RetFilter")     \
    X(UnloadLock, "unload-lock", 0, "none,held",                                                                       \
      "whether the filter manager holds a lock across the unload callback that FltRegisterFilter also takes")          \
    X(SecondUnregister, "second-unregister", 0, "return,wait",                                                         \
      "whether a second FltUnregisterFilter of a filter being torn down returns at once or waits for the first")       \
    X(FltmcUnload, "fltmc-unload", 0, "driver,filter", "whether a non-mandatory filter unload ends in ZwUnloadDriver") \
    X(Serialise, "win8-serialise", 0, "wait,fail,defer",                                                               \
      "how Windows 8 serialises unload against load: it waits, it fails, or it is done after the load")                \
    X(NonCanonical, "non-canonical", 0, "7e,50", "bug check for a non-canonical address in a system thread")           \
    X(UnloadTest, "unload-test", 0, "split,atomic",                                                                    \
      "whether testing and setting DRVO_UNLOAD_INVOKED are two steps or one")                                          \
    X(UnloadReference, "unload-reference", 0, "late,found",                                                            \
      "whether a filter unload references the driver object when it begins, or already when it finds the filter")      \
    X(Clock, "clock", 0, "still,jumps",                                                                                \
      "whether time passes only in waits, or an hour too each time that the driver looks at the clock")

enum MODEL_OS { MODEL_XP, MODEL_WIN7, MODEL_WIN8 };
enum { LOAD_LOCK_LOAD_ONLY, LOAD_LOCK_LOAD_AND_UNLOAD };
enum { FILTER_LINK_FIRST, FILTER_LINK_LAST };
enum { UNLOAD_LOCK_NONE, UNLOAD_LOCK_HELD };
enum { SECOND_UNREGISTER_RETURN, SECOND_UNREGISTER_WAIT };
enum { FLTMC_UNLOAD_DRIVER, FLTMC_UNLOAD_FILTER };
enum { SERIALISE_WAIT, SERIALISE_FAIL, SERIALISE_DEFER };
enum { NON_CANONICAL_7E, NON_CANONICAL_50 };
enum { UNLOAD_TEST_SPLIT, UNLOAD_TEST_ATOMIC };
enum { UNLOAD_REFERENCE_LATE, UNLOAD_REFERENCE_FOUND };
enum { CLOCK_STILL, CLOCK_JUMPS };

#define MODEL_FIELD(field, name, value, choices, text) unsigned char field;
typedef struct _NT_MODEL {
    unsigned char Os; /* enum MODEL_OS */
    MODEL_SWITCHES(MODEL_FIELD)
} NT_MODEL;
#undef MODEL_FIELD

#endif
