/* SPDX-License-Identifier: GPL-2.0-or-later */
/* data.h - names of a driver's variables, from the COFF symbol table that mingw's linker leaves in the image. */
#ifndef AIRLOCK_REPORT_DATA_H
#define AIRLOCK_REPORT_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

/* The variable at `rva` or nearest below it in the same section; false: there is no table, or no such variable. */
bool data_symbol(const image *img, uint32_t rva, char *name, size_t size, uint32_t *offset);

#endif
