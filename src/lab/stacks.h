/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stacks.h - guest stacks by function: where threads stand, and which of them load, which unload. */
#ifndef AIRLOCK_LAB_STACKS_H
#define AIRLOCK_LAB_STACKS_H

#include "lab.h"
#include "unwind.h"

#define LAB_FRAMES_MAX 48

typedef enum { LAB_ROLE_OTHER, LAB_ROLE_LOAD, LAB_ROLE_UNLOAD, LAB_ROLE_CLIENT } lab_role;

typedef struct {
    unwind_frame frames[LAB_FRAMES_MAX]; /* innermost first */
    size_t count;
    unwind_end end;
} lab_stack;

/* A thread's stack as it stands. */
void lab_walk(lab *l, uint32_t thread, lab_stack *stack);

/* Name of the function around the frame's pc, from the image's own symbol table; "" = not known. */
const char *lab_function(const unwind_frame *frame);

/* Is the frame in an image that is not part of the system? */
bool lab_in_driver(const lab *l, const unwind_frame *frame);

/* Index of the innermost frame in a driver, stack->count = none. */
size_t lab_driver_frame(const lab *l, const lab_stack *stack);

lab_role lab_stack_role(const lab_stack *stack);

/* The thread that loads or unloads the driver at present (beneath IopLoadDriver, or an unload), 0 = none. */
uint32_t lab_find_role(lab *l, lab_role role, lab_stack *stack);

/* A number for the place, independent of load addresses; 0 for NULL. */
uint64_t lab_place(const unwind_frame *frame);
uint64_t lab_mix(uint64_t hash, uint64_t value);
uint64_t lab_mix_text(uint64_t hash, const char *text);

#endif
