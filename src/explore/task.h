/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * task.h - a part of an exploration, as bytes: a path, what is still to be explored from its nodes, and who sleeps there.
 *
 *   task    owned, depth, then for each node of the path: node; decision (not for the last)
 *           then the failures that are known already (failures_wire.c)
 *   node    loose (1), sleepers: footprints, covers: threads (2), tree: branches
 *   lists   count (4), then so many
 *   branch  known (1), footprint, what follows: branches
 *   footprint  thread (2), flags (1), accesses: object (8), write (1)
 *   decision   thread (2), choice (2), halted (1)
 *
 * A task owns the nodes from `owned` on: what its races ask for there is its own work. What they ask for at nodes before
 * is exported: those nodes belong to whoever divides (divide.c). `covers` are alternatives of such a node that others
 * explore. It begins and ends at node owned - 1 (0 if it owns everything).
 *
 *   result  executions, blocked, steps, failing, depth (8 each)
 *           root step known (1), its footprint: of the step taken at node owned - 1
 *           failures (failures.c), what the program learnt (block), exports, rest (1): 1 if it is not complete
 *   export  node (4), items up to the second step (4), items: creator's place among them or NONE (4); the chain of branches
 *   rest    split (4) or NONE, depth (4), the decision where the task begins, then for each node from `owned` on: node, without the tree at the split;
 *           decision (not for the last); footprint of that step (up to the split)
 *           with a split: the tree of that node
 */
#ifndef AIRLOCK_EXPLORE_TASK_H
#define AIRLOCK_EXPLORE_TASK_H

#include "internal.h"
#include "wire.h"

enum { TASK_DEEPEST_TREE = 20000, FOOTPRINT_ALL = 1, FOOTPRINT_OPEN = 2 };

/* Bring the explorer to the task's path. False: it does not fit the program (status is set), or out of memory. */
bool task_load(explorer *x, wire_in *task);
/* Explore the task until about `budget` executions were run, and say what came of it. */
bool task_run(explorer *x, uint64_t budget, wire_out *result);

/* A task's result, taken apart as far as dividing needs it; points into its bytes. */
typedef struct {
    uint64_t executions, blocked, steps, failing, depth;
    bool root_known;
    wire_in root; /* footprint */
    wire_in failures, knowledge, exports;
    uint32_t export_count;
    bool rest;
    wire_in remainder;
} task_result;
bool task_result_read(wire_in *in, task_result *result);

/* Pieces. */
void task_put_footprint(const explorer *x, wire_out *out, uint16_t thread, bool all, uint32_t from, uint32_t to);
bool task_skip_footprint(wire_in *in);
bool task_skip_tree(wire_in *in);
bool task_skip_node(wire_in *in);
uint32_t wakeup_read(explorer *x, wire_in *in); /* a branch; NONE: bad or no memory */

/* export.c: what a race asks for at a node that another owns. */
bool export_sequence(explorer *x, const node *n);
bool export_thread(explorer *x, node *n, uint16_t thread);
void export_forget(explorer *x);

#endif
