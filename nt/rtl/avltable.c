/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * avltable.c - RTL_AVL_TABLE: a balanced tree of elements. Element = TABLE_ENTRY_HEADER, then the caller's data. The
 * tree hangs at BalancedRoot.RightChild. The caller provides synchronisation; lookups write nothing.
 * Source: Microsoft: RtlInitializeGenericTableAvl and its relatives; the AVL tree is the textbook's.
 */
#include "rtl.h"

typedef RTL_BALANCED_LINKS LINKS, *PLINKS;

typedef struct _TABLE_ENTRY_HEADER {
    RTL_BALANCED_LINKS BalancedLinks;
    LONGLONG UserData[];
} TABLE_ENTRY_HEADER, *PTABLE_ENTRY_HEADER;

static PVOID RtlpData(PLINKS Links) { return ((PTABLE_ENTRY_HEADER)Links)->UserData; }
static PLINKS *RtlpSlot(PLINKS Node)
{
    return Node->Parent->LeftChild == Node ? &Node->Parent->LeftChild : &Node->Parent->RightChild;
}

static VOID RtlpPutUnder(PLINKS Parent, PLINKS *Slot, PLINKS Child)
{
    *Slot = Child;
    if (Child != NULL) {
        Child->Parent = Parent;
    }
}

/* Node's right (Right) or left child takes Node's place; balances are the caller's. Returns that child. */
static PLINKS RtlpRotate(PLINKS Node, BOOLEAN Right)
{
    PLINKS Child = Right ? Node->RightChild : Node->LeftChild;
    PLINKS Parent = Node->Parent, *Slot = RtlpSlot(Node);
    if (Right) {
        RtlpPutUnder(Node, &Node->RightChild, Child->LeftChild);
        RtlpPutUnder(Child, &Child->LeftChild, Node);
    } else {
        RtlpPutUnder(Node, &Node->LeftChild, Child->RightChild);
        RtlpPutUnder(Child, &Child->RightChild, Node);
    }
    RtlpPutUnder(Parent, Slot, Child);
    return Child;
}

/* Node leans by 2 to the side of Lean (+1 right, -1 left). Returns the subtree's new top. */
static PLINKS RtlpRebalance(PLINKS Node, LONG Lean)
{
    PLINKS Child = Lean > 0 ? Node->RightChild : Node->LeftChild;
    if (Child->Balance == -Lean) {
        PLINKS Inner = Lean > 0 ? Child->LeftChild : Child->RightChild;
        RtlpRotate(Child, Lean < 0);
        RtlpRotate(Node, Lean > 0);
        Node->Balance = (CHAR)(Inner->Balance == Lean ? -Lean : 0);
        Child->Balance = (CHAR)(Inner->Balance == -Lean ? Lean : 0);
        Inner->Balance = 0;
        return Inner;
    }
    RtlpRotate(Node, Lean > 0);
    Node->Balance = (CHAR)(Child->Balance == 0 ? Lean : 0);
    Child->Balance = (CHAR)(Child->Balance == 0 ? -Lean : 0);
    return Child;
}

static VOID RtlpGrown(PRTL_AVL_TABLE Table, PLINKS Node)
{
    for (; Node->Parent != &Table->BalancedRoot; Node = Node->Parent) {
        PLINKS Parent = Node->Parent;
        LONG Lean = Parent->LeftChild == Node ? -1 : 1;
        if (Parent->Balance == Lean) {
            RtlpRebalance(Parent, Lean);
            return;
        }
        Parent->Balance = (CHAR)(Parent->Balance + Lean);
        if (Parent->Balance == 0) {
            return;
        }
    }
    Table->DepthOfTree++;
}

/* The subtree of Parent at the side of Side (-1 left) lost a level. */
static VOID RtlpShrunk(PRTL_AVL_TABLE Table, PLINKS Parent, LONG Side)
{
    while (Parent != &Table->BalancedRoot) {
        PLINKS Top = Parent;
        if (Parent->Balance == 0) {
            Parent->Balance = (CHAR)-Side;
            return;
        }
        if (Parent->Balance == Side) {
            Parent->Balance = 0;
        } else {
            Top = RtlpRebalance(Parent, -Side);
            if (Top->Balance != 0) {
                return;
            }
        }
        Side = Top->Parent->LeftChild == Top ? -1 : 1;
        Parent = Top->Parent;
    }
    Table->DepthOfTree--;
}

static PLINKS RtlpFirst(PRTL_AVL_TABLE Table)
{
    PLINKS Node = Table->BalancedRoot.RightChild;
    while (Node != NULL && Node->LeftChild != NULL) {
        Node = Node->LeftChild;
    }
    return Node;
}

static PLINKS RtlpNext(PRTL_AVL_TABLE Table, PLINKS Node)
{
    if (Node->RightChild != NULL) {
        for (Node = Node->RightChild; Node->LeftChild != NULL;) {
            Node = Node->LeftChild;
        }
        return Node;
    }
    for (; Node->Parent != &Table->BalancedRoot; Node = Node->Parent) {
        if (Node->Parent->LeftChild == Node) {
            return Node->Parent;
        }
    }
    return NULL;
}

static PLINKS RtlpPrevious(PRTL_AVL_TABLE Table, PLINKS Node)
{
    if (Node->LeftChild != NULL) {
        for (Node = Node->LeftChild; Node->RightChild != NULL;) {
            Node = Node->RightChild;
        }
        return Node;
    }
    for (; Node->Parent != &Table->BalancedRoot; Node = Node->Parent) {
        if (Node->Parent->RightChild == Node) {
            return Node->Parent;
        }
    }
    return NULL;
}

static VOID RtlpRemove(PRTL_AVL_TABLE Table, PLINKS Node)
{
    PLINKS Gone = Node, Parent, *Slot;
    LONG Side;
    if (Node->LeftChild != NULL && Node->RightChild != NULL) {
        Gone = Node->Balance >= 0 ? RtlpNext(Table, Node) : RtlpPrevious(Table, Node);
    }
    Parent = Gone->Parent;
    Slot = RtlpSlot(Gone);
    Side = Slot == &Parent->LeftChild ? -1 : 1;
    RtlpPutUnder(Parent, Slot, Gone->LeftChild ? Gone->LeftChild : Gone->RightChild);
    RtlpShrunk(Table, Parent, Side);
    if (Gone == Node) {
        return;
    }
    Slot = RtlpSlot(Node);
    Gone->Balance = Node->Balance;
    RtlpPutUnder(Gone, &Gone->LeftChild, Node->LeftChild);
    RtlpPutUnder(Gone, &Gone->RightChild, Node->RightChild);
    RtlpPutUnder(Node->Parent, Slot, Gone);
}

static TABLE_SEARCH_RESULT RtlpSearch(PRTL_AVL_TABLE Table, PVOID Buffer, PLINKS *NodeOrParent)
{
    PLINKS Node = Table->BalancedRoot.RightChild;
    if (Node == NULL) {
        return TableEmptyTree;
    }
    for (;;) {
        RTL_GENERIC_COMPARE_RESULTS Order = Table->CompareRoutine(Table, Buffer, RtlpData(Node));
        PLINKS Next = Order == GenericLessThan ? Node->LeftChild : Node->RightChild;
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

VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table, PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                        PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine, PRTL_AVL_FREE_ROUTINE FreeRoutine,
                                        PVOID TableContext)
{
    memset(Table, 0, sizeof(*Table));
    Table->BalancedRoot.Parent = &Table->BalancedRoot;
    Table->CompareRoutine = CompareRoutine;
    Table->AllocateRoutine = AllocateRoutine;
    Table->FreeRoutine = FreeRoutine;
    Table->TableContext = TableContext;
}

PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                                PBOOLEAN NewElement, PVOID NodeOrParent,
                                                TABLE_SEARCH_RESULT SearchResult)
{
    PLINKS Parent = NodeOrParent, Node;
    if (NewElement) {
        *NewElement = FALSE;
    }
    if (SearchResult == TableFoundNode) {
        return RtlpData(Parent);
    }
    Node = Table->AllocateRoutine(Table, BufferSize + sizeof(TABLE_ENTRY_HEADER));
    if (Node == NULL) {
        return NULL;
    }
    memset(Node, 0, sizeof(TABLE_ENTRY_HEADER));
    memcpy(RtlpData(Node), Buffer, BufferSize);
    if (SearchResult == TableEmptyTree) {
        Parent = &Table->BalancedRoot;
    }
    RtlpPutUnder(Parent, SearchResult == TableInsertAsLeft ? &Parent->LeftChild : &Parent->RightChild, Node);
    Table->NumberGenericTableElements++;
    RtlpGrown(Table, Node);
    Table->OrderedPointer = NULL;
    Table->WhichOrderedElement = 0;
    if (NewElement) {
        *NewElement = TRUE;
    }
    return RtlpData(Node);
}

PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement)
{
    PLINKS Node = NULL;
    TABLE_SEARCH_RESULT Result = RtlpSearch(Table, Buffer, &Node);
    return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, Node, Result);
}

PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *NodeOrParent,
                                                TABLE_SEARCH_RESULT *SearchResult)
{
    PLINKS Node = NULL;
    *SearchResult = RtlpSearch(Table, Buffer, &Node);
    *NodeOrParent = Node;
    return *SearchResult == TableFoundNode ? RtlpData(Node) : NULL;
}

PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    PLINKS Node;
    return RtlpSearch(Table, Buffer, &Node) == TableFoundNode ? RtlpData(Node) : NULL;
}

/* The first, in order, of the elements that compare equal. */
PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *RestartKey)
{
    PLINKS Node, Before;
    *RestartKey = NULL;
    if (RtlpSearch(Table, Buffer, &Node) != TableFoundNode) {
        return NULL;
    }
    while ((Before = RtlpPrevious(Table, Node)) != NULL &&
           Table->CompareRoutine(Table, Buffer, RtlpData(Before)) == GenericEqual) {
        Node = Before;
    }
    *RestartKey = Node;
    return RtlpData(Node);
}

BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    PLINKS Node;
    if (RtlpSearch(Table, Buffer, &Node) != TableFoundNode) {
        return FALSE;
    }
    if (Table->RestartKey == Node) {
        Table->RestartKey = RtlpPrevious(Table, Node);
    }
    Table->DeleteCount++;
    RtlpRemove(Table, Node);
    Table->NumberGenericTableElements--;
    Table->OrderedPointer = NULL;
    Table->WhichOrderedElement = 0;
    Table->FreeRoutine(Table, Node);
    return TRUE;
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
    PLINKS Node = *RestartKey ? RtlpNext(Table, *RestartKey) : RtlpFirst(Table);
    if (Node == NULL) {
        return NULL;
    }
    *RestartKey = Node;
    return RtlpData(Node);
}

PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
    if (Restart) {
        Table->RestartKey = NULL;
    }
    return RtlEnumerateGenericTableWithoutSplayingAvl(Table, (PVOID *)&Table->RestartKey);
}

/* By order of the keys, from 0. */
PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
    PLINKS Node;
    if (I >= Table->NumberGenericTableElements) {
        return NULL;
    }
    if (Table->OrderedPointer == NULL || Table->WhichOrderedElement > I) {
        Table->OrderedPointer = RtlpFirst(Table);
        Table->WhichOrderedElement = 0;
    }
    for (Node = Table->OrderedPointer; Table->WhichOrderedElement < I; Table->WhichOrderedElement++) {
        Node = RtlpNext(Table, Node);
    }
    Table->OrderedPointer = Node;
    return RtlpData(Node);
}

ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table) { return Table->NumberGenericTableElements; }
BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table) { return Table->NumberGenericTableElements == 0; }
