/* SPDX-License-Identifier: MIT */
/*
 * airlock.h - keeps a minifilter's DriverEntry and its unload apart, where Windows does not.
 *
 * Up to Windows 7 a minifilter can be unloaded while its DriverEntry is still running: from the moment in which
 * FltRegisterFilter makes it known, `fltmc unload`, `sc stop` and NtUnloadDriver call its FilterUnloadCallback, and when
 * that has returned, its image is unmapped under the thread that executes DriverEntry. With this library
 *
 *   - the callback is held back until the I/O manager has finished loading the driver: DriverEntry has returned, all
 *     globals are set, the filter handle is not NULL, all devices are ready;
 *   - the driver object and the image stay until then, and until no thread executes the library's code any more;
 *   - if DriverEntry fails instead, callbacks that wait are refused, nothing is torn down twice, and the I/O manager
 *     does not drop one reference too many, although both the load and an unload want to.
 *
 * Windows XP SP2 to 11, x86 and x64. Compile library/airlock.c into the driver (an image holds one Airlock, so one
 * filter), and change four places:
 *
 *   DriverEntry:     FltRegisterFilter(DriverObject, ...)  ->  AirlockRegisterFilter(DriverObject, ...)
 *   at its end:                                                the last step that can fail: Status = AirlockComplete();
 *   when it fails:   FltUnregisterFilter(Filter)           ->  AirlockUnregisterFilter(Filter)
 *
 * The FilterUnloadCallback stays as it is, and goes on to call FltUnregisterFilter. Nothing is allocated, except by the
 * kernel for AirlockComplete's request; the I/O path does not come near the library.
 *
 * WHAT IT RELIES ON
 *   - Reinitialisation routines run when DriverEntry has returned and the devices are ready (Microsoft:
 *     IoRegisterDriverReinitialization).
 *   - Whoever calls a FilterUnloadCallback holds a reference on the driver object until that has returned: IopUnloadDriver
 *     by looking up its name, the filter manager by its own (seen in public debugger output of Windows 7 to 11).
 *   - The filter manager holds no lock across a FilterUnloadCallback that FltStartFiltering takes as well; else the two
 *     would wait for each other. FltRegisterFilter may take one.
 *
 * WHAT STAYS OPEN
 *   - A failing DriverEntry against `fltmc unload`, before Windows 8: a filter manager that has found the filter, but not
 *     yet referenced its driver object, comes to a driver object that is gone. (The window is the filter manager's, from
 *     its list to ObfReferenceObject, with a work item between the two; that it is there is seen in the order of its calls,
 *     model switch unload-reference of this project's lab.) So AirlockUnregisterFilter asks the filter
 *     manager for the filter until it is forgotten, every AIRLOCK_SETTLE_TIME, for as long as it takes. If the filter
 *     manager did not know a filter any more that it still uses, one round would be all.
 *   - Another driver's load may run our reinitialisation request early (there is one queue for all). The library then
 *     waits for DRVO_INITIALIZED, and AIRLOCK_SETTLE_TIME more for the rest of the load, which are a few instructions.
 *   - Two unload requests at the same time, if Windows lets both through (it tests and sets DRVO_UNLOAD_INVOKED; whether
 *     in one step is not known): a failure of the I/O manager, for every driver.
 *   - Threads, timers, work items and notify routines of the driver's own, and callbacks other than the unload callback
 *     that come before DriverEntry is done (InstanceSetup, I/O): nobody can end or expect these but the driver.
 */
#ifndef AIRLOCK_H
#define AIRLOCK_H

#include <fltkernel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Milliseconds: see "What stays open". */
#ifndef AIRLOCK_SETTLE_TIME
#define AIRLOCK_SETTLE_TIME 1000
#endif

/*
 * AirlockRegisterFilter - in DriverEntry, instead of FltRegisterFilter: same parameters, same meaning. The unload
 * callback is called as before, but not before the load has ended. Registration is copied.
 *
 * On success the driver object is referenced; AirlockComplete or AirlockUnregisterFilter must follow before DriverEntry
 * returns. On failure nothing is left, and *RetFilter is not written.
 *
 * IRQL: PASSIVE_LEVEL. Returns the status of FltRegisterFilter.
 */
/* clang-format off */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS AirlockRegisterFilter(_In_ PDRIVER_OBJECT DriverObject, _In_ const FLT_REGISTRATION *Registration,
                               _Outptr_ PFLT_FILTER *RetFilter);
/* clang-format on */

/*
 * AirlockComplete - the last step of DriverEntry that can fail: from here on it must return STATUS_SUCCESS. The unload
 * callback gets through when the I/O manager has finished the load.
 *
 * IRQL: PASSIVE_LEVEL. If it fails, DriverEntry must undo what it did and return the status, like for any other step:
 *   STATUS_DELETE_PENDING            the driver is being unloaded already
 *   STATUS_INSUFFICIENT_RESOURCES    the kernel could not note the request
 */
/* clang-format off */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS AirlockComplete(VOID);
/* clang-format on */

/*
 * AirlockUnregisterFilter - in a DriverEntry that fails after AirlockRegisterFilter, instead of FltUnregisterFilter, and
 * before it undoes what the filter's callbacks use. Not for the unload callback. DriverEntry must return an error.
 *
 * Takes AIRLOCK_SETTLE_TIME, and as often again while the filter manager still has the filter; nothing on Windows 8 and
 * later. IRQL: PASSIVE_LEVEL.
 */
_IRQL_requires_(PASSIVE_LEVEL) VOID AirlockUnregisterFilter(_In_ PFLT_FILTER Filter);

#ifdef __cplusplus
}
#endif

#endif
