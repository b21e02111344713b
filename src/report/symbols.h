/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbols.h - names for addresses: "isolate!DriverEntry+0x72", and the source line. Sources, best first: the image's
 * debug information (DWARF or PDB, by llvm-symbolizer), its COFF symbol table, its exports; else "isolate+0x1072".
 */
#ifndef AIRLOCK_REPORT_SYMBOLS_H
#define AIRLOCK_REPORT_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

typedef struct symbols symbols;

typedef struct {
    const image *img;
    uint32_t rva;
    bool call; /* rva is a return address: line and function are those of the call before it */
} symbol_place;

/* Strings live as long as the `symbols`. */
typedef struct {
    const char *text;     /* as a debugger prints it, never NULL */
    const char *module;   /* "isolate", "nt" */
    const char *function; /* NULL = not known */
    uint32_t offset;      /* of rva in the function, else in the module */
    const char *file;     /* NULL = not known */
    uint32_t line;
} symbol;

symbols *symbols_create(void);
void symbols_destroy(symbols *s); /* NULL is allowed */

/* From now on by what the images themselves know, without llvm-symbolizer: for reports that show no name. */
void symbols_forgo_lines(symbols *s);

/* Ends llvm-symbolizer, which runs from the first place that has to be named on, until the next such place. To be called
 * before processes are forked, which would inherit the connection; and when a report is complete. */
void symbols_rest(symbols *s);

/* Resolve many places at once: llvm-symbolizer is asked for those not known yet. */
void symbols_resolve(symbols *s, const symbol_place *places, size_t count);

/* One place; from memory if it was resolved before. The images must outlive `s`. */
const symbol *symbols_at(symbols *s, symbol_place place);

/* "DWARF", "PDB"; NULL: there is no debug information of this image, or none that can be read. */
const char *symbols_kind(symbols *s, const image *img);

/* Why lines are missing from the reports, one sentence; NULL = they are not. */
const char *symbols_note(const symbols *s);

/* As debuggers name modules: no extension, "nt" for the kernel, '_' for what a name cannot hold. Fills `name`. */
void symbols_module_name(const image *img, char *name, size_t size);

#endif
