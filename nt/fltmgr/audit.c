/* SPDX-License-Identifier: GPL-2.0-or-later */
/* audit.c - filters that are still registered although their driver's image is gone. */
#include "fltp.h"
#include "vf.h"

/* On a quiet system, for the session: one note per such filter. PASSIVE_LEVEL. */
VOID NTAPI FltpAudit(VOID)
{
    for (PLIST_ENTRY Entry = FltpFilterList.Flink; Entry != &FltpFilterList; Entry = Entry->Flink) {
        PFLT_FILTER Filter = CONTAINING_RECORD(Entry, struct _FLT_FILTER, Base.PrimaryLink);
        if (HvFaultInfo(HvAddress(Filter->ImageBase)) == HV_PAGE_UNLOADED) {
            VfNote(HV_NOTE_LEFT_CALLBACK, "minifilter still registered", (ULONG_PTR)Filter,
                   (ULONG_PTR)Filter->FilterUnload, (ULONG_PTR)Filter->ImageBase, 0);
        }
    }
}
