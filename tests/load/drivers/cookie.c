/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cookie.sys - a driver built for Windows 8 and later: that the loader gives its security cookie a value of its own. On an
 * older Windows it stops the system as such drivers do (Microsoft: bug check 0x139, code 6); here it only fails to load.
 */
#include "check.h"

#define DEFAULT_COOKIE (sizeof(PVOID) == 8 ? (ULONG_PTR)0x00002B992DDFA232 : (ULONG_PTR)0xBB40E64E)

volatile ULONG_PTR __security_cookie = DEFAULT_COOKIE;

/* IMAGE_LOAD_CONFIG_DIRECTORY up to SecurityCookie. The linker finds it by its name. */
const struct {
    ULONG Size;
    ULONG Unused[5];
    ULONG_PTR Unused1[sizeof(PVOID) == 8 ? 8 : 9];
    volatile ULONG_PTR *SecurityCookie; /* 0x58, 0x3C */
} _load_config_used = {.Size = sizeof(_load_config_used), .SecurityCookie = &__security_cookie};

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return __security_cookie != DEFAULT_COOKIE && __security_cookie != 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
