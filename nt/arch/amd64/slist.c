/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slist.c - sequenced lists, under the names that x64 exports. */
#include "slist.h"

VOID NTAPI ExpInitializeSListHead(PSLIST_HEADER Head) NT_STDCALL(InitializeSListHead, 4);
PSLIST_ENTRY ExpInterlockedPopEntry(PSLIST_HEADER Head) NT_STDCALL(InterlockedPopEntrySList, 4);
PSLIST_ENTRY ExpInterlockedPushEntry(PSLIST_HEADER Head, PSLIST_ENTRY Entry) NT_STDCALL(InterlockedPushEntrySList, 8);
PSLIST_ENTRY ExpInterlockedFlush(PSLIST_HEADER Head) NT_STDCALL(InterlockedFlushSList, 4);

VOID NTAPI ExpInitializeSListHead(PSLIST_HEADER Head) { ExpInitializeSList(Head); }

PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER Head) { return ExpPop(Head); }
PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER Head, PSLIST_ENTRY Entry) { return ExpPush(Head, Entry); }
PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER Head) { return ExpFlush(Head); }
PSLIST_ENTRY ExpInterlockedPopEntry(PSLIST_HEADER Head) { return ExpPop(Head); }
PSLIST_ENTRY ExpInterlockedPushEntry(PSLIST_HEADER Head, PSLIST_ENTRY Entry) { return ExpPush(Head, Entry); }
PSLIST_ENTRY ExpInterlockedFlush(PSLIST_HEADER Head) { return ExpFlush(Head); }
USHORT ExQueryDepthSList(PSLIST_HEADER Head) { return ExpDepth(Head); }
