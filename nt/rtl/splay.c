/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splay.c - splay links: a binary tree that moves what was used to its root (Sleator and Tarjan). The root's parent is
 * the root. The caller provides synchronisation: even a search that splays writes. Source: Microsoft: RtlSplay and its
 * relatives.
 */
#include "rtl.h"

/* Links goes up over its parent, which becomes its child. */
static VOID RtlpRotateUp(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS Parent = Links->Parent, Above = Parent->Parent;
    PRTL_SPLAY_LINKS Inner;
    if (Parent->LeftChild == Links) {
        Inner = Links->RightChild;
        Parent->LeftChild = Inner;
        Links->RightChild = Parent;
    } else {
        Inner = Links->LeftChild;
        Parent->RightChild = Inner;
        Links->LeftChild = Parent;
    }
    if (Inner != NULL) {
        Inner->Parent = Parent;
    }
    if (Above == Parent) {
        Links->Parent = Links;
    } else {
        if (Above->LeftChild == Parent) {
            Above->LeftChild = Links;
        } else {
            Above->RightChild = Links;
        }
        Links->Parent = Above;
    }
    Parent->Parent = Links;
}

/* Returns the new root, which is Links. */
PRTL_SPLAY_LINKS NTAPI RtlSplay(PRTL_SPLAY_LINKS Links)
{
    while (Links->Parent != Links) {
        PRTL_SPLAY_LINKS Parent = Links->Parent, Above = Parent->Parent;
        if (Above != Parent) {
            BOOLEAN Straight = (Above->LeftChild == Parent) == (Parent->LeftChild == Links);
            RtlpRotateUp(Straight ? Parent : Links);
        }
        RtlpRotateUp(Links);
    }
    return Links;
}

PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS Node = Links->RightChild;
    while (Node != NULL && Node->LeftChild != NULL) {
        Node = Node->LeftChild;
    }
    return Node;
}

PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS Node = Links->LeftChild;
    while (Node != NULL && Node->RightChild != NULL) {
        Node = Node->RightChild;
    }
    return Node;
}

PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS Node = RtlSubtreeSuccessor(Links);
    if (Node != NULL) {
        return Node;
    }
    for (Node = Links; Node->Parent != Node; Node = Node->Parent) {
        if (Node->Parent->LeftChild == Node) {
            return Node->Parent;
        }
    }
    return NULL;
}

PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS Node = RtlSubtreePredecessor(Links);
    if (Node != NULL) {
        return Node;
    }
    for (Node = Links; Node->Parent != Node; Node = Node->Parent) {
        if (Node->Parent->RightChild == Node) {
            return Node->Parent;
        }
    }
    return NULL;
}

/* New (may be NULL) takes the place of Old under Old's parent. Returns the root if that is New. */
static VOID RtlpReplace(PRTL_SPLAY_LINKS Old, PRTL_SPLAY_LINKS New, PRTL_SPLAY_LINKS *Root)
{
    if (Old->Parent == Old) {
        *Root = New;
        if (New != NULL) {
            New->Parent = New;
        }
        return;
    }
    if (Old->Parent->LeftChild == Old) {
        Old->Parent->LeftChild = New;
    } else {
        Old->Parent->RightChild = New;
    }
    if (New != NULL) {
        New->Parent = Old->Parent;
    }
}

/* Take Links out of the tree without splaying. */
VOID NTAPI RtlDeleteNoSplay(PRTL_SPLAY_LINKS Links, PRTL_SPLAY_LINKS *Root)
{
    PRTL_SPLAY_LINKS Heir;
    if (Links->LeftChild == NULL || Links->RightChild == NULL) {
        RtlpReplace(Links, Links->LeftChild ? Links->LeftChild : Links->RightChild, Root);
        return;
    }
    Heir = RtlSubtreePredecessor(Links);
    RtlpReplace(Heir, Heir->LeftChild, Root);
    Heir->LeftChild = Links->LeftChild;
    Heir->RightChild = Links->RightChild;
    if (Heir->LeftChild != NULL) {
        Heir->LeftChild->Parent = Heir;
    }
    Heir->RightChild->Parent = Heir;
    RtlpReplace(Links, Heir, Root);
}

/* Take Links out and splay its parent. Returns the new root, NULL if the tree is empty. */
PRTL_SPLAY_LINKS NTAPI RtlDelete(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS Root = Links, Parent = Links->Parent == Links ? NULL : Links->Parent;
    while (Root->Parent != Root) {
        Root = Root->Parent;
    }
    RtlDeleteNoSplay(Links, &Root);
    return Parent ? RtlSplay(Parent) : Root;
}
