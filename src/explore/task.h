/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * task.h - a part of an exploration, as bytes: a path, what is still to be explored from its nodes, and who sleeps there.
 *
 *   task    owned, depth, then for each node of the path: node; decision (not for the last)
 *           then the failures that are known already (failures_wire.c)
 *   node    loose (1), sleepers: footprints, covers: threads (2), tree: branches
 *   lists   count (4), then so many
 *   branch  dictionary: count (number), then so many footprints; then the steps, depth first
 *   step    its footprint's place in the dictionary, how many follow it directly (numbers). Places are in the order of
 *           first use: the branch begins with the step whose footprint is the dictionary's first
 *   number  LEB128, of 32 bits
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
 *   exports  dictionary of all: how many footprints (4), a block of them; how many exports (4), a block of them
 *   export  node (4), items up to the second step (4), how many items (4), items
 *   item    number: its footprint's place in the dictionary * 2 + 1 if another item created its thread and it is the first
 *   rest    split (4) or NONE, depth (4), the decision where the task begins, then for each node from `owned` on: node, without the tree at the split;
 *           decision (not for the last); footprint of that step (up to the split)
 *           with a split: the tree of that node
 */
#ifndef AIRLOCK_EXPLORE_TASK_H
#define AIRLOCK_EXPLORE_TASK_H

#include "internal.h"
#include "wire.h"

enum { TASK_DEEPEST_TREE = 20000, FOOTPRINT_ALL = 1, FOOTPRINT_OPEN = 2, FOOTPRINT_KNOWN = 4 };

/* Bring the explorer to the task's path. False: it does not fit the program (status is set), or out of memory. */
bool task_load(explorer *x, wire_in *task);
/* Explore the task until about `budget` executions were run, and say what came of it. */
bool task_run(explorer *x, uint64_t budget, wire_out *result);

/* A task's result, taken apart as far as dividing needs it; points into its bytes. */
typedef struct {
    uint64_t executions, blocked, steps, failing, depth;
    bool root_known;
    wire_in root; /* footprint */
    wire_in failures, knowledge, export_dictionary, exports;
    uint32_t export_footprints, export_count;
    bool rest;
    wire_in remainder;
} task_result;
bool task_result_read(wire_in *in, task_result *result);

bool task_skip_node(wire_in *in);

/* footprints_wire.c */
void footprint_put(const explorer *x, wire_out *out, const footprint *f);
void footprint_put_records(const explorer *x, wire_out *out, uint16_t thread, bool all, uint32_t from, uint32_t to);
void footprint_put_unknown(wire_out *out, uint32_t number); /* of the program's thread */
bool footprint_skip(wire_in *in);
uint32_t footprint_get(explorer *x, wire_in *in); /* NONE: bad or no memory */
bool footprint_get_records(explorer *x, wire_in *in, sleeper *s);

/* tree.c. Reading is false or NONE if the bytes are bad or memory is out. */
void tree_put(explorer *x, wire_out *out, uint32_t tree);
bool tree_get(explorer *x, wire_in *in, uint32_t *tree);
bool branch_skip(wire_in *in);

/* One step of the program's thread, of which nothing is known. */
void branch_put_unknown(wire_out *out, uint32_t number);

/* export.c: what a race asks for at a node that another owns. */
bool export_sequence(explorer *x, const node *n);
bool export_thread(explorer *x, node *n, uint16_t thread);
void export_forget(explorer *x);

#endif
