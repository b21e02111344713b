/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - do the frames of a stack fit together, and do two stacks belong to one moment of one system? A log may have
 * been cut, sorted or put together from several; addresses and the order of calls tell. Used inside src/triage.
 */
#ifndef AIRLOCK_TRIAGE_ORDER_H
#define AIRLOCK_TRIAGE_ORDER_H

#include "model.h"

/* An order of frames that no stack has. */
bool order_is_broken(const triage_thread *t);

/* Functions that begin at the same address in both; -1: one that does not, so these are two boots or two systems. */
int order_agreement(const triage_thread *a, const triage_thread *b);

/* The same thread, printed twice, or parts of one stack? */
bool order_same_thread(const triage_thread *a, const triage_thread *b);

/* Two threads of one moment? */
bool order_together(const triage_thread *a, const triage_thread *b);

#endif
