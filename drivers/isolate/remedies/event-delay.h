/* SPDX-License-Identifier: MIT */
/*
 * event-delay - "set a global event at the end of DriverEntry, let the unload wait for it, and pause after that".
 *
 * Leaves: DriverEntry's return and the rest of the load, if they take longer than the pause. The thread that has set the
 * event can be stopped right there: by another thread, a debugger, the host of a virtual machine.
 */
#define PAUSE_MILLISECONDS 3000

static KEVENT DriverEntryDone;

/* Before the filter can be found: a wait on an event of zeroes is a crash of its own. */
static inline NTSTATUS InitializeDone(VOID)
{
    KeInitializeEvent(&DriverEntryDone, NotificationEvent, FALSE);
    return STATUS_SUCCESS;
}

static inline NTSTATUS WaitForDone(VOID)
{
    LARGE_INTEGER Pause;

    KeWaitForSingleObject(&DriverEntryDone, Executive, KernelMode, FALSE, NULL);
    Pause.QuadPart = PAUSE_MILLISECONDS * -10000LL;
    KeDelayExecutionThread(KernelMode, FALSE, &Pause);
    return STATUS_SUCCESS;
}

#define RemedyEnter(DriverObject)         InitializeDone()
#define RemedyLeave(DriverObject, Status) KeSetEvent(&DriverEntryDone, IO_NO_INCREMENT, FALSE)
#define RemedyUnload(Flags)               WaitForDone()
