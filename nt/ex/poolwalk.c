/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poolwalk.c - the audit's view of pool. Only on a quiet system. */
#include "ex.h"
#include "ke.h"
#include "ps.h"

/* A free by another thread than the allocating one could not compare tags then; it is done now. */
static VOID ExpCompareTag(PPOOL_RECORD Free)
{
    for (PNT_PCR Pcr = PsNextProcessor(NULL); Pcr; Pcr = PsNextProcessor(Pcr)) {
        for (PPOOL_RECORD Record = Pcr->PoolRecords; Record; Record = Record->Next) {
            if (Record->Address == Free->Address && Record->Size != POOL_RECORD_FREE) {
                if (((Record->Tag ^ Free->Tag) & 0x7FFFFFFF) != 0) {
                    VfMisuse("pool block freed with another tag than it was allocated with", (ULONG_PTR)Free->Address,
                             Free->Tag, Free->Caller);
                }
                return;
            }
        }
    }
}

VOID ExpWalkPool(NT_VISITOR *Visit, PVOID Context)
{
    for (PNT_PCR Pcr = PsNextProcessor(NULL); Pcr; Pcr = PsNextProcessor(Pcr)) {
        for (PPOOL_RECORD Record = Pcr->PoolRecords; Record; Record = Record->Next) {
            if (Record->Size == POOL_RECORD_FREE) {
                ExpCompareTag(Record);
            } else if (HvFaultInfo(HvAddress(Record->Address)) == HV_PAGE_VALID) {
                Visit(Record->Address, Record->Size, Record->Tag, Record->Caller, Context);
            }
        }
    }
}
