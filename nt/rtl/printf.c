/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf.c - the sprintf family of ntoskrnl, over the formatter. Results are those of Microsoft's C runtime: the _sn
 * routines return -1 when the text is longer than the buffer and write no terminator when it fills it exactly; the _s
 * routines empty the buffer and return -1 instead.
 */
#include "rtl.h"

#define RTLP_TRUNCATE  ((size_t)-1)
#define RTLP_UNLIMITED ((size_t)0x7fffffff)

static VOID RtlpTerminate(PRTLP_SINK Sink, SIZE_T At)
{
    if (Sink->Wide) {
        ((PWCHAR)Sink->Buffer)[At] = 0;
    } else {
        ((PCHAR)Sink->Buffer)[At] = 0;
    }
}

static int RtlpPrint(PVOID Buffer, size_t Size, BOOLEAN Wide, const VOID *Format, va_list Arguments)
{
    RTLP_SINK Sink = {Buffer, Buffer ? Size : 0, 0, Wide};
    RtlpFormat(&Sink, Format, Arguments);
    if (Buffer == NULL) {
        return (int)Sink.Count;
    }
    if (Sink.Count < Size) {
        RtlpTerminate(&Sink, Sink.Count);
    }
    return Sink.Count <= Size ? (int)Sink.Count : -1;
}

/* Size: of the buffer; Count: most characters to write, RTLP_TRUNCATE = as many as fit. */
static int RtlpPrintSecure(PVOID Buffer, size_t Size, size_t Count, BOOLEAN Wide, const VOID *Format, va_list Arguments)
{
    RTLP_SINK Sink = {Buffer, Count < Size ? Count : Size - 1, 0, Wide};
    if (Buffer == NULL || Size == 0) {
        return -1;
    }
    RtlpFormat(&Sink, Format, Arguments);
    if (Sink.Count <= Sink.Size) {
        RtlpTerminate(&Sink, Sink.Count);
        return (int)Sink.Count;
    }
    RtlpTerminate(&Sink, Count == RTLP_TRUNCATE || Count < Size ? Sink.Size : 0);
    return -1;
}

/* name(parameters) { return v-routine(arguments, va_list) } */
#define RTLP_VARIADIC(last, call)  \
    {                              \
        va_list Arguments;         \
        int Result;                \
        va_start(Arguments, last); \
        Result = call;             \
        va_end(Arguments);         \
        return Result;             \
    }

int _vsnprintf(char *Buffer, size_t Size, const char *Format, va_list Arguments)
{
    return RtlpPrint(Buffer, Size, FALSE, Format, Arguments);
}

int _vsnwprintf(wchar_t *Buffer, size_t Size, const wchar_t *Format, va_list Arguments)
{
    return RtlpPrint(Buffer, Size, TRUE, Format, Arguments);
}

int vsprintf(char *Buffer, const char *Format, va_list Arguments)
{
    return RtlpPrint(Buffer, RTLP_UNLIMITED, FALSE, Format, Arguments);
}

int vsprintf_s(char *Buffer, size_t Size, const char *Format, va_list Arguments)
{
    return RtlpPrintSecure(Buffer, Size, Size, FALSE, Format, Arguments);
}

int vswprintf_s(wchar_t *Buffer, size_t Size, const wchar_t *Format, va_list Arguments)
{
    return RtlpPrintSecure(Buffer, Size, Size, TRUE, Format, Arguments);
}

int _vsnprintf_s(char *Buffer, size_t Size, size_t Count, const char *Format, va_list Arguments)
{
    return RtlpPrintSecure(Buffer, Size, Count, FALSE, Format, Arguments);
}

int _vsnwprintf_s(wchar_t *Buffer, size_t Size, size_t Count, const wchar_t *Format, va_list Arguments)
{
    return RtlpPrintSecure(Buffer, Size, Count, TRUE, Format, Arguments);
}

int sprintf(char *Buffer, const char *Format,
            ...) RTLP_VARIADIC(Format, RtlpPrint(Buffer, RTLP_UNLIMITED, FALSE, Format, Arguments))

    int swprintf(wchar_t *Buffer, const wchar_t *Format,
                 ...) RTLP_VARIADIC(Format, RtlpPrint(Buffer, RTLP_UNLIMITED, TRUE, Format, Arguments))

        int _snprintf(char *Buffer, size_t Size, const char *Format,
                      ...) RTLP_VARIADIC(Format, RtlpPrint(Buffer, Size, FALSE, Format, Arguments))

            int _snwprintf(wchar_t *Buffer, size_t Size, const wchar_t *Format,
                           ...) RTLP_VARIADIC(Format, RtlpPrint(Buffer, Size, TRUE, Format, Arguments))

                int sprintf_s(char *Buffer, size_t Size, const char *Format,
                              ...) RTLP_VARIADIC(Format, RtlpPrintSecure(Buffer, Size, Size, FALSE, Format, Arguments))

                    int swprintf_s(wchar_t *Buffer, size_t Size, const wchar_t *Format,
                                   ...) RTLP_VARIADIC(Format,
                                                      RtlpPrintSecure(Buffer, Size, Size, TRUE, Format, Arguments))

                        int _snprintf_s(char *Buffer, size_t Size, size_t Count, const char *Format, ...)
                            RTLP_VARIADIC(Format, RtlpPrintSecure(Buffer, Size, Count, FALSE, Format, Arguments))

                                int _snwprintf_s(wchar_t *Buffer, size_t Size, size_t Count, const wchar_t *Format, ...)
                                    RTLP_VARIADIC(Format, RtlpPrintSecure(Buffer, Size, Count, TRUE, Format, Arguments))
