/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cookie.c - the security cookie of an image (/GS), to which the loader gives its value. */
#include "mm.h"
#include <ntimage.h>

#include "rtl.h"

#define MMP_COOKIE_OFFSET  (sizeof(PVOID) == 8 ? 0x58 : 0x3C) /* SecurityCookie in the load configuration */
#define MMP_DEFAULT_COOKIE (sizeof(PVOID) == 8 ? (ULONG_PTR)0x00002B992DDFA232 : (ULONG_PTR)0xBB40E64E)
#define MMP_COOKIE_BITS    (sizeof(PVOID) == 8 ? (ULONG_PTR)0x0000FFFFFFFFFFFF : (ULONG_PTR)0xFFFFFFFF)

/* Can so many bytes at Address, which the file says, be read? */
static BOOLEAN MmpIsInImage(PVOID Base, SIZE_T Size, PVOID Address, SIZE_T Bytes)
{
    SIZE_T At = (ULONG_PTR)Address - (ULONG_PTR)Base;
    ULONG First = HvFaultInfo(HvAddress(Address)), Last = HvFaultInfo(HvAddress(Address) + Bytes - 1);

    return At < Size && Size - At >= Bytes && (First == HV_PAGE_VALID || First == HV_PAGE_READ_ONLY) &&
           (Last == HV_PAGE_VALID || Last == HV_PAGE_READ_ONLY);
}

/*
 * Windows 8 and later: a cookie that has its compiler's value gets another, which depends on where the image is, so that
 * it is the same in each execution. Drivers built for these check it before anything else (bug check 139, code 6).
 * Sources: Microsoft: bug check 0x139; PE format, load configuration; __security_init_cookie for the values.
 */
VOID MmpInitializeSecurityCookie(PVOID Base, SIZE_T Size)
{
    ULONG Bytes;
    PUCHAR Configuration;
    PULONG_PTR Cookie;

    if (NtModel.Os < MODEL_WIN8) {
        return;
    }
    Configuration = RtlImageDirectoryEntryToData(Base, TRUE, IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG, &Bytes);
    if (Configuration == NULL || !MmpIsInImage(Base, Size, Configuration, MMP_COOKIE_OFFSET + sizeof(Cookie)) ||
        *(PULONG)Configuration < MMP_COOKIE_OFFSET + sizeof(Cookie)) {
        return;
    }
    Cookie = *(PULONG_PTR *)(Configuration + MMP_COOKIE_OFFSET);
    if (MmpIsInImage(Base, Size, Cookie, sizeof(*Cookie)) && HvFaultInfo(HvAddress(Cookie)) == HV_PAGE_VALID &&
        *Cookie == MMP_DEFAULT_COOKIE) {
        *Cookie = (MMP_DEFAULT_COOKIE ^ (ULONG_PTR)Cookie) & MMP_COOKIE_BITS;
    }
}
