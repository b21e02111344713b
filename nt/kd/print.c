/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.c - debugger output: DbgPrint and relatives. Every message goes to the machine's printer, at any IRQL, cut off at
 * 512 characters as on Windows. None is filtered by component and level, as after a developer opened all filters
 * (Microsoft: "Reading and filtering debugging messages").
 */
#include "rtl.h"

#define KDP_MESSAGE 512

static ULONG KdpPrint(PCSTR Prefix, PCSTR Format, va_list Arguments)
{
    CHAR Text[KDP_MESSAGE];
    RTLP_SINK Sink = {Text, sizeof(Text), 0, FALSE};
    for (; *Prefix && Sink.Count < sizeof(Text); Prefix++) {
        Text[Sink.Count++] = *Prefix;
    }
    RtlpFormat(&Sink, Format, Arguments);
    HvPrint(Text, min(Sink.Count, sizeof(Text)));
    return STATUS_SUCCESS;
}

#define KDP_VARIADIC                              \
    {                                             \
        va_list Arguments;                        \
        ULONG Status;                             \
        va_start(Arguments, Format);              \
        Status = KdpPrint("", Format, Arguments); \
        va_end(Arguments);                        \
        return Status;                            \
    }

ULONG __cdecl DbgPrint(PCSTR Format, ...) KDP_VARIADIC

    ULONG __cdecl DbgPrintReturnControlC(PCCH Format, ...) KDP_VARIADIC

    ULONG __cdecl DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    va_list Arguments;
    ULONG Status;
    UNREFERENCED_PARAMETER(ComponentId);
    UNREFERENCED_PARAMETER(Level);
    va_start(Arguments, Format);
    Status = KdpPrint("", Format, Arguments);
    va_end(Arguments);
    return Status;
}

ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list Arguments)
{
    UNREFERENCED_PARAMETER(ComponentId);
    UNREFERENCED_PARAMETER(Level);
    return KdpPrint("", Format, Arguments);
}

ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, va_list Arguments)
{
    UNREFERENCED_PARAMETER(ComponentId);
    UNREFERENCED_PARAMETER(Level);
    return KdpPrint(Prefix, Format, Arguments);
}

NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
    UNREFERENCED_PARAMETER(ComponentId);
    UNREFERENCED_PARAMETER(Level);
    return TRUE;
}

NTSTATUS NTAPI DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State)
{
    UNREFERENCED_PARAMETER(ComponentId);
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(State);
    return STATUS_SUCCESS;
}

/* The callback is accepted and not called. */
NTSTATUS NTAPI DbgSetDebugPrintCallback(PDEBUG_PRINT_CALLBACK DebugPrintCallback, BOOLEAN Enable)
{
    UNREFERENCED_PARAMETER(DebugPrintCallback);
    UNREFERENCED_PARAMETER(Enable);
    return STATUS_SUCCESS;
}

/* Nobody answers: an empty response. */
ULONG NTAPI DbgPrompt(PCCH Prompt, PCH Response, ULONG MaximumResponseLength)
{
    HvPrint(Prompt, strlen(Prompt));
    if (MaximumResponseLength) {
        *Response = 0;
    }
    return 0;
}

/*
 * A checked driver's ASSERT failed. Windows without a debugger stops at the breakpoint that follows the message.
 * Source: Microsoft: ASSERT, RtlAssert.
 */
VOID NTAPI RtlAssert(PVOID FailedAssertion, PVOID FileName, ULONG LineNumber, PSTR Message)
{
    DbgPrint("\n*** Assertion failed: %s%s\n***   Source File: %s, line %u\n\n", Message ? Message : "",
             (PCSTR)FailedAssertion, (PCSTR)FileName, LineNumber);
    DbgBreakPoint();
}
