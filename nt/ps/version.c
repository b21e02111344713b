/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.c - which Windows this claims to be: NtModel.Os. Source: Microsoft, "Operating System Version". */
#include "ps.h"

static const struct {
    USHORT Major, Minor, Build, ServicePack;
} PspVersions[] = {
#ifdef _WIN64
    [MODEL_XP] = {5, 2, 3790, 2}, /* Windows XP for x64 is Windows Server 2003 with another name */
#else
    [MODEL_XP] = {5, 1, 2600, 3},
#endif
    [MODEL_WIN7] = {6, 1, 7601, 1},
    [MODEL_WIN8] = {6, 2, 9200, 0}};

ULONG NtBuildNumber; /* set at boot: build, high bits 0xF = free build */

VOID PspInitVersion(VOID) { NtBuildNumber = 0xF0000000u | PspVersions[NtModel.Os].Build; }

/* Always FALSE: a free build. CSDVersion is left empty. */
BOOLEAN NTAPI PsGetVersion(PULONG Major, PULONG Minor, PULONG Build, PUNICODE_STRING CSDVersion)
{
    if (Major) {
        *Major = PspVersions[NtModel.Os].Major;
    }
    if (Minor) {
        *Minor = PspVersions[NtModel.Os].Minor;
    }
    if (Build) {
        *Build = PspVersions[NtModel.Os].Build;
    }
    if (CSDVersion) {
        CSDVersion->Length = 0;
    }
    return FALSE;
}

NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW Version)
{
    Version->dwMajorVersion = PspVersions[NtModel.Os].Major;
    Version->dwMinorVersion = PspVersions[NtModel.Os].Minor;
    Version->dwBuildNumber = PspVersions[NtModel.Os].Build;
    Version->dwPlatformId = 2; /* VER_PLATFORM_WIN32_NT */
    Version->szCSDVersion[0] = 0;
    if (Version->dwOSVersionInfoSize == sizeof(RTL_OSVERSIONINFOEXW)) {
        PRTL_OSVERSIONINFOEXW Long = (PRTL_OSVERSIONINFOEXW)Version;
        Long->wServicePackMajor = PspVersions[NtModel.Os].ServicePack;
        Long->wServicePackMinor = 0;
        Long->wSuiteMask = 0;
        Long->wProductType = 1; /* VER_NT_WORKSTATION */
    }
    return STATUS_SUCCESS;
}
