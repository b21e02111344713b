/* SPDX-License-Identifier: MIT */
/*
 * device-flag - "create a device object, and in the unload look whether DO_DEVICE_INITIALIZING has been cleared": the I/O
 * manager does that when DriverEntry has returned.
 *
 * Leaves: the I/O manager clears the flag, and after that reads the device's link to the next one; by then this driver
 * may have deleted it. A DriverEntry that fails deletes the device under the eyes of whoever polls it.
 */
#define POLL_MILLISECONDS 10

static PDEVICE_OBJECT LoadDevice;

static inline NTSTATUS CreateLoadDevice(_In_ PDRIVER_OBJECT DriverObject)
{
    return IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &LoadDevice);
}

static inline NTSTATUS WaitForLoad(VOID)
{
    LARGE_INTEGER Interval;

    Interval.QuadPart = POLL_MILLISECONDS * -10000LL;
    while (*(volatile ULONG *)&LoadDevice->Flags & DO_DEVICE_INITIALIZING) {
        KeDelayExecutionThread(KernelMode, FALSE, &Interval);
    }
    return STATUS_SUCCESS;
}

static inline VOID DeleteAfterFailure(_In_ NTSTATUS Status)
{
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(LoadDevice);
    }
}

#define RemedyEnter(DriverObject)         CreateLoadDevice(DriverObject)
#define RemedyLeave(DriverObject, Status) DeleteAfterFailure(Status)
#define RemedyUnload(Flags)               WaitForLoad()
#define RemedyUnloaded()                  IoDeleteDevice(LoadDevice)
