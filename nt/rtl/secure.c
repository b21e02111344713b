/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secure.c - the string routines that know the size of their destination (in characters). Where the C runtime would
 * call the invalid parameter handler, these empty the destination and return the error.
 * Source: Microsoft: strcpy_s, wcscpy_s.
 */
#include "rtl.h"

#define RTLP_EINVAL    22
#define RTLP_ERANGE    34
#define RTLP_TRUNCATE  ((size_t)-1) /* _TRUNCATE */
#define RTLP_STRUNCATE 80

/* One definition for CHAR and WCHAR. Append at To[At] up to Count characters of From. */
#define RTLP_SECURE(type, prefix, length)                                                         \
    static int prefix##AppendAt(type *To, size_t Size, size_t At, const type *From, size_t Count) \
    {                                                                                             \
        size_t Index = 0;                                                                         \
        if (To == NULL || Size == 0)                                                              \
            return RTLP_EINVAL;                                                                   \
        if (From == NULL || At >= Size) {                                                         \
            To[0] = 0;                                                                            \
            return RTLP_EINVAL;                                                                   \
        }                                                                                         \
        for (; (Count == RTLP_TRUNCATE || Index < Count) && From[Index]; Index++) {               \
            if (At + Index + 1 >= Size) {                                                         \
                if (Count == RTLP_TRUNCATE) {                                                     \
                    To[At + Index] = 0;                                                           \
                    return RTLP_STRUNCATE;                                                        \
                }                                                                                 \
                To[0] = 0;                                                                        \
                return RTLP_ERANGE;                                                               \
            }                                                                                     \
            To[At + Index] = From[Index];                                                         \
        }                                                                                         \
        To[At + Index] = 0;                                                                       \
        return 0;                                                                                 \
    }                                                                                             \
    int prefix##cpy_s(type *To, size_t Size, const type *From)                                    \
    {                                                                                             \
        return prefix##AppendAt(To, Size, 0, From, RTLP_TRUNCATE - 1);                            \
    }                                                                                             \
    int prefix##ncpy_s(type *To, size_t Size, const type *From, size_t Count)                     \
    {                                                                                             \
        return prefix##AppendAt(To, Size, 0, From, Count);                                        \
    }                                                                                             \
    int prefix##cat_s(type *To, size_t Size, const type *From)                                    \
    {                                                                                             \
        return prefix##AppendAt(To, Size, To ? length(To, Size) : 0, From, RTLP_TRUNCATE - 1);    \
    }                                                                                             \
    int prefix##ncat_s(type *To, size_t Size, const type *From, size_t Count)                     \
    {                                                                                             \
        return prefix##AppendAt(To, Size, To ? length(To, Size) : 0, From, Count);                \
    }

RTLP_SECURE(char, str, strnlen)
RTLP_SECURE(wchar_t, wcs, wcsnlen)

int memcpy_s(void *To, size_t Size, const void *From, size_t Count)
{
    if (Count == 0) {
        return 0;
    }
    if (To == NULL) {
        return RTLP_EINVAL;
    }
    if (From == NULL || Size < Count) {
        memset(To, 0, Size);
        return From == NULL ? RTLP_EINVAL : RTLP_ERANGE;
    }
    memcpy(To, From, Count);
    return 0;
}

int memmove_s(void *To, size_t Size, const void *From, size_t Count)
{
    if (Count == 0) {
        return 0;
    }
    if (To == NULL || From == NULL) {
        return RTLP_EINVAL;
    }
    if (Size < Count) {
        return RTLP_ERANGE;
    }
    memmove(To, From, Count);
    return 0;
}
