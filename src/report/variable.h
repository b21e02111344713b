/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variable.h - what lies at an address of an image's data, as a C programmer writes it, from its own DWARF. */
#ifndef AIRLOCK_REPORT_VARIABLE_H
#define AIRLOCK_REPORT_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

/* "Queues[1].List.Flink"; false: no variable is known there. */
bool variable_name(const image *img, uint32_t rva, char *name, size_t size);

#endif
