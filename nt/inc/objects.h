/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * objects.h - the fields of the objects that drivers share with the system, by which reports name words of memory. Public
 * structures: the DDK's wdm.h. Read by both sides, as layout.h; nt/arch/ARCHITECTURE/layout.c asserts each number.
 *
 * X(structure, field, offset on x86, offset on x64), ascending; `End` is none, it is where the part that is named ends.
 */
#ifndef AIRLOCK_NT_OBJECTS_H
#define AIRLOCK_NT_OBJECTS_H

/* clang-format off */
#define LAYOUT_DRIVER_OBJECT(X)                                                                                        \
    X(DRIVER_OBJECT, Type, 0x00, 0x00)                                                                                 \
    X(DRIVER_OBJECT, Size, 0x02, 0x02)                                                                                 \
    X(DRIVER_OBJECT, DeviceObject, 0x04, 0x08)                                                                         \
    X(DRIVER_OBJECT, Flags, 0x08, 0x10)                                                                                \
    X(DRIVER_OBJECT, DriverStart, 0x0c, 0x18)                                                                          \
    X(DRIVER_OBJECT, DriverSize, 0x10, 0x20)                                                                           \
    X(DRIVER_OBJECT, DriverSection, 0x14, 0x28)                                                                        \
    X(DRIVER_OBJECT, DriverExtension, 0x18, 0x30)                                                                      \
    X(DRIVER_OBJECT, DriverName, 0x1c, 0x38)                                                                           \
    X(DRIVER_OBJECT, HardwareDatabase, 0x24, 0x48)                                                                     \
    X(DRIVER_OBJECT, FastIoDispatch, 0x28, 0x50)                                                                       \
    X(DRIVER_OBJECT, DriverInit, 0x2c, 0x58)                                                                           \
    X(DRIVER_OBJECT, DriverStartIo, 0x30, 0x60)                                                                        \
    X(DRIVER_OBJECT, DriverUnload, 0x34, 0x68)                                                                         \
    X(DRIVER_OBJECT, MajorFunction, 0x38, 0x70)

#define LAYOUT_DEVICE_OBJECT(X)                                                                                        \
    X(DEVICE_OBJECT, Type, 0x00, 0x00)                                                                                 \
    X(DEVICE_OBJECT, Size, 0x02, 0x02)                                                                                 \
    X(DEVICE_OBJECT, ReferenceCount, 0x04, 0x04)                                                                       \
    X(DEVICE_OBJECT, DriverObject, 0x08, 0x08)                                                                         \
    X(DEVICE_OBJECT, NextDevice, 0x0c, 0x10)                                                                           \
    X(DEVICE_OBJECT, AttachedDevice, 0x10, 0x18)                                                                       \
    X(DEVICE_OBJECT, CurrentIrp, 0x14, 0x20)                                                                           \
    X(DEVICE_OBJECT, Timer, 0x18, 0x28)                                                                                \
    X(DEVICE_OBJECT, Flags, 0x1c, 0x30)                                                                                \
    X(DEVICE_OBJECT, Characteristics, 0x20, 0x34)                                                                      \
    X(DEVICE_OBJECT, Vpb, 0x24, 0x38)                                                                                  \
    X(DEVICE_OBJECT, DeviceExtension, 0x28, 0x40)                                                                      \
    X(DEVICE_OBJECT, DeviceType, 0x2c, 0x48)                                                                           \
    X(DEVICE_OBJECT, StackSize, 0x30, 0x4c)
/* clang-format on */

#endif
