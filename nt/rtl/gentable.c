/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gentable.c - RTL_GENERIC_TABLE: a splay tree of elements that also remembers the order of insertion. Element =
 * TABLE_ENTRY_HEADER, then the caller's data. The caller provides synchronisation, exclusive even for lookups.
 * Source: Microsoft: RtlInitializeGenericTable and its relatives.
 */
#include "rtl.h"

typedef struct _TABLE_ENTRY_HEADER {
    RTL_SPLAY_LINKS SplayLinks;
    LIST_ENTRY ListEntry;
    LONGLONG UserData[];
} TABLE_ENTRY_HEADER, *PTABLE_ENTRY_HEADER;

static PTABLE_ENTRY_HEADER RtlpEntry(PVOID Links) { return CONTAINING_RECORD(Links, TABLE_ENTRY_HEADER, SplayLinks); }

/* Where Buffer is, or the node under which it would go. */
static TABLE_SEARCH_RESULT RtlpSearch(PRTL_GENERIC_TABLE Table, PVOID Buffer, PRTL_SPLAY_LINKS *NodeOrParent)
{
    PRTL_SPLAY_LINKS Node = Table->TableRoot;
    if (Node == NULL) {
        return TableEmptyTree;
    }
    for (;;) {
        RTL_GENERIC_COMPARE_RESULTS Order = Table->CompareRoutine(Table, Buffer, RtlpEntry(Node)->UserData);
        PRTL_SPLAY_LINKS Next = Order == GenericLessThan ? Node->LeftChild : Node->RightChild;
        *NodeOrParent = Node;
        if (Order == GenericEqual) {
            return TableFoundNode;
        }
        if (Next == NULL) {
            return Order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        }
        Node = Next;
    }
}

VOID NTAPI RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table, PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                                     PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                                     PRTL_GENERIC_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    Table->TableRoot = NULL;
    InitializeListHead(&Table->InsertOrderList);
    Table->OrderedPointer = &Table->InsertOrderList;
    Table->WhichOrderedElement = 0;
    Table->NumberGenericTableElements = 0;
    Table->CompareRoutine = CompareRoutine;
    Table->AllocateRoutine = AllocateRoutine;
    Table->FreeRoutine = FreeRoutine;
    Table->TableContext = TableContext;
}

PVOID NTAPI RtlInsertElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                             PBOOLEAN NewElement, PVOID NodeOrParent, TABLE_SEARCH_RESULT SearchResult)
{
    PRTL_SPLAY_LINKS Links = NodeOrParent;
    BOOLEAN New = SearchResult != TableFoundNode;
    if (New) {
        PTABLE_ENTRY_HEADER Entry = Table->AllocateRoutine(Table, BufferSize + sizeof(TABLE_ENTRY_HEADER));
        if (Entry == NULL) {
            if (NewElement) {
                *NewElement = FALSE;
            }
            return NULL;
        }
        Links = &Entry->SplayLinks;
        RtlInitializeSplayLinks(Links);
        InsertTailList(&Table->InsertOrderList, &Entry->ListEntry);
        Table->NumberGenericTableElements++;
        if (SearchResult == TableInsertAsLeft) {
            ((PRTL_SPLAY_LINKS)NodeOrParent)->LeftChild = Links;
            Links->Parent = NodeOrParent;
        } else if (SearchResult == TableInsertAsRight) {
            ((PRTL_SPLAY_LINKS)NodeOrParent)->RightChild = Links;
            Links->Parent = NodeOrParent;
        }
        memcpy(Entry->UserData, Buffer, BufferSize);
    }
    Table->TableRoot = RtlSplay(Links);
    if (NewElement) {
        *NewElement = New;
    }
    return RtlpEntry(Links)->UserData;
}

PVOID NTAPI RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement)
{
    PRTL_SPLAY_LINKS Node = NULL;
    TABLE_SEARCH_RESULT Result = RtlpSearch(Table, Buffer, &Node);
    return RtlInsertElementGenericTableFull(Table, Buffer, BufferSize, NewElement, Node, Result);
}

PVOID NTAPI RtlLookupElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer, PVOID *NodeOrParent,
                                             TABLE_SEARCH_RESULT *SearchResult)
{
    PRTL_SPLAY_LINKS Node = NULL;
    *SearchResult = RtlpSearch(Table, Buffer, &Node);
    *NodeOrParent = Node;
    if (*SearchResult != TableFoundNode) {
        return NULL;
    }
    Table->TableRoot = RtlSplay(Node);
    return RtlpEntry(Node)->UserData;
}

PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    PVOID Node;
    TABLE_SEARCH_RESULT Result;
    return RtlLookupElementGenericTableFull(Table, Buffer, &Node, &Result);
}

BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    PRTL_SPLAY_LINKS Node = NULL;
    if (RtlpSearch(Table, Buffer, &Node) != TableFoundNode) {
        return FALSE;
    }
    Table->TableRoot = RtlDelete(Node);
    RemoveEntryList(&RtlpEntry(Node)->ListEntry);
    Table->NumberGenericTableElements--;
    Table->OrderedPointer = &Table->InsertOrderList;
    Table->WhichOrderedElement = 0;
    Table->FreeRoutine(Table, RtlpEntry(Node));
    return TRUE;
}

static PRTL_SPLAY_LINKS RtlpFirst(PRTL_GENERIC_TABLE Table)
{
    PRTL_SPLAY_LINKS Node = Table->TableRoot;
    while (Node != NULL && Node->LeftChild != NULL) {
        Node = Node->LeftChild;
    }
    return Node;
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table, PVOID *RestartKey)
{
    PRTL_SPLAY_LINKS Node = *RestartKey ? RtlRealSuccessor(*RestartKey) : RtlpFirst(Table);
    if (Node == NULL) {
        return NULL;
    }
    *RestartKey = Node;
    return RtlpEntry(Node)->UserData;
}

PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart)
{
    PRTL_SPLAY_LINKS Node = Table->TableRoot;
    if (Node == NULL) {
        return NULL;
    }
    Node = Restart ? RtlpFirst(Table) : RtlRealSuccessor(Node);
    if (Node == NULL) {
        return NULL;
    }
    Table->TableRoot = RtlSplay(Node);
    return RtlpEntry(Node)->UserData;
}

/* By order of insertion, from 0. The last place is remembered, so that a walk costs one step each. */
PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I)
{
    ULONG Wanted = I + 1;
    if (I >= Table->NumberGenericTableElements) {
        return NULL;
    }
    while (Table->WhichOrderedElement < Wanted) {
        Table->OrderedPointer = Table->OrderedPointer->Flink;
        Table->WhichOrderedElement++;
    }
    while (Table->WhichOrderedElement > Wanted) {
        Table->OrderedPointer = Table->OrderedPointer->Blink;
        Table->WhichOrderedElement--;
    }
    return CONTAINING_RECORD(Table->OrderedPointer, TABLE_ENTRY_HEADER, ListEntry)->UserData;
}

ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table) { return Table->NumberGenericTableElements; }
BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table) { return Table->TableRoot == NULL; }
