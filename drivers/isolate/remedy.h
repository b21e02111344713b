/* SPDX-License-Identifier: MIT */
/*
 * remedy.h - what driver.c asks a remedy for. Each remedy is one file of remedies/, chosen when the driver is built
 * (-DREMEDY='"remedies/NAME.h"'), and defines only what it does differently; the rest does nothing, as here.
 * docs/remedies.md compares them.
 *
 * Included by driver.c alone, after it has declared StartIsolation.
 */
#ifdef REMEDY
#include REMEDY
#endif

/* First in DriverEntry. If it fails, so does DriverEntry, and nothing is left of it. */
#ifndef RemedyEnter
#define RemedyEnter(DriverObject) ((void)(DriverObject), STATUS_SUCCESS)
#endif

/* What DriverEntry does to start the driver. */
#ifndef RemedyStart
#define RemedyStart(DriverObject) StartIsolation(DriverObject)
#endif

/* Last in DriverEntry, whatever its status. */
#ifndef RemedyLeave
#define RemedyLeave(DriverObject, Status) ((void)0)
#endif

/* TRUE: the work queues are made before the filter is registered. */
#ifndef RemedyRegistersLast
#define RemedyRegistersLast FALSE
#endif

/* Registering, the last step of starting, and what undoes the registration when starting fails. */
#ifndef RemedyRegisterFilter
#define RemedyRegisterFilter   FltRegisterFilter
#define RemedyComplete()       STATUS_SUCCESS
#define RemedyUnregisterFilter FltUnregisterFilter
#endif

/* FLT_REGISTRATION.Flags. */
#ifndef RemedyRegistrationFlags
#define RemedyRegistrationFlags 0
#endif

/* First in the unload callback; an error is its answer. Then, last in it. */
#ifndef RemedyUnload
#define RemedyUnload(Flags) STATUS_SUCCESS
#endif
#ifndef RemedyUnloaded
#define RemedyUnloaded() ((void)0)
#endif
