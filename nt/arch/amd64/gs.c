/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gs.c - handlers that /GS functions of MSVC's compiler name in their unwind data. Drivers link their own copies; these
 * serve those that import them. The stack cookie is not checked while unwinding.
 */
#include "arch.h"

EXCEPTION_DISPOSITION __cdecl __C_specific_handler(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                                   PCONTEXT ContextRecord, PDISPATCHER_CONTEXT DispatcherContext);

EXCEPTION_DISPOSITION __cdecl __GSHandlerCheck(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                               PCONTEXT ContextRecord, PDISPATCHER_CONTEXT DispatcherContext)
{
    UNREFERENCED_PARAMETER(ExceptionRecord);
    UNREFERENCED_PARAMETER(EstablisherFrame);
    UNREFERENCED_PARAMETER(ContextRecord);
    UNREFERENCED_PARAMETER(DispatcherContext);
    return ExceptionContinueSearch;
}

/* Its handler data is a scope table, followed by the place of the cookie. */
EXCEPTION_DISPOSITION __cdecl __GSHandlerCheck_SEH(PEXCEPTION_RECORD ExceptionRecord, PVOID EstablisherFrame,
                                                   PCONTEXT ContextRecord, PDISPATCHER_CONTEXT DispatcherContext)
{
    return __C_specific_handler(ExceptionRecord, EstablisherFrame, ContextRecord, DispatcherContext);
}
