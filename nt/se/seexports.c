/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seexports.c - SeExports: the well-known SIDs and privileges, as data (Microsoft: SE_EXPORTS). */
#include "ntos.h"

#define SEP_SID(Name, Authority, ...)                  \
    static struct {                                    \
        UCHAR Revision, Count;                         \
        UCHAR Identifier[6];                           \
        ULONG Sub[sizeof((ULONG[]){__VA_ARGS__}) / 4]; \
    } Name = {1, sizeof((ULONG[]){__VA_ARGS__}) / 4, {0, 0, 0, 0, 0, Authority}, {__VA_ARGS__}}

SEP_SID(SepNullSid, 0, 0);
SEP_SID(SepWorldSid, 1, 0);
SEP_SID(SepLocalSid, 2, 0);
SEP_SID(SepCreatorOwnerSid, 3, 0);
SEP_SID(SepCreatorGroupSid, 3, 1);
SEP_SID(SepDialupSid, 5, 1);
SEP_SID(SepNetworkSid, 5, 2);
SEP_SID(SepBatchSid, 5, 3);
SEP_SID(SepInteractiveSid, 5, 4);
SEP_SID(SepAnonymousSid, 5, 7);
SEP_SID(SepAuthenticatedSid, 5, 11);
SEP_SID(SepRestrictedSid, 5, 12);
SEP_SID(SepLocalSystemSid, 5, 18);
SEP_SID(SepLocalServiceSid, 5, 19);
SEP_SID(SepNetworkServiceSid, 5, 20);
SEP_SID(SepAdminsSid, 5, 32, 544);
SEP_SID(SepUsersSid, 5, 32, 545);
SEP_SID(SepGuestsSid, 5, 32, 546);
SEP_SID(SepPowerUsersSid, 5, 32, 547);
SEP_SID(SepAccountOpsSid, 5, 32, 548);
SEP_SID(SepSystemOpsSid, 5, 32, 549);
SEP_SID(SepPrintOpsSid, 5, 32, 550);
SEP_SID(SepBackupOpsSid, 5, 32, 551);

static SE_EXPORTS SepExports = {
    .SeLoadDriverPrivilege = {SE_LOAD_DRIVER_PRIVILEGE, 0},
    .SeTcbPrivilege = {SE_TCB_PRIVILEGE, 0},
    .SeSecurityPrivilege = {SE_SECURITY_PRIVILEGE, 0},
    .SeTakeOwnershipPrivilege = {SE_TAKE_OWNERSHIP_PRIVILEGE, 0},
    .SeBackupPrivilege = {SE_BACKUP_PRIVILEGE, 0},
    .SeRestorePrivilege = {SE_RESTORE_PRIVILEGE, 0},
    .SeShutdownPrivilege = {SE_SHUTDOWN_PRIVILEGE, 0},
    .SeDebugPrivilege = {SE_DEBUG_PRIVILEGE, 0},
    .SeChangeNotifyPrivilege = {SE_CHANGE_NOTIFY_PRIVILEGE, 0},
    .SeManageVolumePrivilege = {SE_MANAGE_VOLUME_PRIVILEGE, 0},
    .SeImpersonatePrivilege = {SE_IMPERSONATE_PRIVILEGE, 0},
    .SeNullSid = &SepNullSid,
    .SeWorldSid = &SepWorldSid,
    .SeLocalSid = &SepLocalSid,
    .SeCreatorOwnerSid = &SepCreatorOwnerSid,
    .SeCreatorGroupSid = &SepCreatorGroupSid,
    .SeNtAuthoritySid = &SepDialupSid,
    .SeDialupSid = &SepDialupSid,
    .SeNetworkSid = &SepNetworkSid,
    .SeBatchSid = &SepBatchSid,
    .SeInteractiveSid = &SepInteractiveSid,
    .SeLocalSystemSid = &SepLocalSystemSid,
    .SeAliasAdminsSid = &SepAdminsSid,
    .SeAliasUsersSid = &SepUsersSid,
    .SeAliasGuestsSid = &SepGuestsSid,
    .SeAliasPowerUsersSid = &SepPowerUsersSid,
    .SeAliasAccountOpsSid = &SepAccountOpsSid,
    .SeAliasSystemOpsSid = &SepSystemOpsSid,
    .SeAliasPrintOpsSid = &SepPrintOpsSid,
    .SeAliasBackupOpsSid = &SepBackupOpsSid,
    .SeAuthenticatedUsersSid = &SepAuthenticatedSid,
    .SeRestrictedSid = &SepRestrictedSid,
    .SeAnonymousLogonSid = &SepAnonymousSid,
    .SeLocalServiceSid = &SepLocalServiceSid,
    .SeNetworkServiceSid = &SepNetworkServiceSid,
};

PSE_EXPORTS SeExports = &SepExports;
