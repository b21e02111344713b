/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaf_starts.h - where leaf functions begin, when neither .pdata nor the symbolizer says: a PDB names the function of an
 * address, but llvm-symbolizer does not tell its start. Used inside src/report.
 */
#ifndef AIRLOCK_REPORT_LEAF_STARTS_H
#define AIRLOCK_REPORT_LEAF_STARTS_H

#include "symbolizer.h"

/* Sets `start` in the answers that have a function and a line but no start, where it can be found. */
symbolizer_status leaf_starts_find(symbolizer *s, const symbolizer_query *queries, symbolizer_answer *answers,
                                   size_t count);

#endif
