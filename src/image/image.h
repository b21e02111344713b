/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - a PE file: checked once, then laid out for any base. Pure: no guest, no I/O except image_read_file.
 * Every offset in the file is hostile until checked; a file that passes image_open cannot make any later call read
 * outside its own buffer.
 */
#ifndef AIRLOCK_IMAGE_H
#define AIRLOCK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct image image;

typedef enum {
    IMAGE_OK = 0,
    IMAGE_CANNOT_READ, /* errno tells */
    IMAGE_TOO_LARGE,
    IMAGE_NOT_PE,
    IMAGE_TRUNCATED,
    IMAGE_BAD_HEADER,
    IMAGE_BAD_SECTION,
    IMAGE_BAD_DIRECTORY,
    IMAGE_WRONG_MACHINE, /* neither x64 nor x86 */
    IMAGE_NO_MEMORY,
    IMAGE_NOT_RELOCATABLE /* relocations stripped: only its preferred base will do */
} image_status;

const char *image_status_text(image_status status); /* a sentence without full stop, for after "FILE: " */

typedef enum { IMAGE_X64 = 0x8664, IMAGE_X86 = 0x14c } image_machine;

/* `name`: file name as modules know it ("isolate.sys"), lower-cased copy is kept. `bytes` is copied. */
image_status image_open(const char *name, const void *bytes, size_t size, image **out);
image_status image_read_file(const char *path, image **out);
void image_close(image *img);

const char *image_name(const image *img);
const char *image_path(const image *img); /* as given to image_read_file, else NULL */
const void *image_bytes(const image *img, size_t *size);
image_machine image_arch(const image *img);
bool image_is_native_driver(const image *img); /* subsystem native */
bool image_is_dll(const image *img);
uint32_t image_size(const image *img);  /* SizeOfImage rounded up to pages */
uint32_t image_entry(const image *img); /* RVA, 0 = none */
uint32_t image_timestamp(const image *img);
uint32_t image_checksum(const image *img);
uint64_t image_preferred_base(const image *img);
uint32_t image_exception_directory(const image *img, uint32_t *size); /* RVA, 0 = none */
const char *image_sha256(const image *img);                           /* 64 hex digits of the file */

typedef struct {
    char name[9];
    uint32_t rva, size; /* whole pages */
    bool readable, writable, executable, discardable;
} image_section;
size_t image_sections(const image *img, const image_section **sections);

/* The image as the loader would lay it at `base`, relocated, imports not bound, security cookie set to `cookie` if it
 * has the compiler's default value (0 = leave). `out` holds image_size bytes. */
image_status image_layout(const image *img, uint64_t base, uint64_t cookie, void *out);

/* The image laid out at its preferred base: image_size bytes, for reading its tables by RVA. */
const void *image_view(const image *img);

typedef struct {
    const char *module; /* lower case, with extension as written ("ntoskrnl.exe") */
    const char *name;   /* NULL: by ordinal */
    uint16_t ordinal;
    uint16_t hint;
    uint32_t slot; /* RVA of the IAT entry */
} image_import;
size_t image_imports(const image *img, const image_import **imports); /* in file order */

typedef struct {
    const char *name; /* NULL: by ordinal only */
    uint32_t ordinal;
    uint32_t rva;          /* 0 if forwarded */
    const char *forwarder; /* "module.Name" or "module.#ordinal", NULL = none */
} image_export;
size_t image_exports(const image *img, const image_export **exports); /* sorted by name, nameless last */
const image_export *image_find_export(const image *img, const char *name);
const image_export *image_find_ordinal(const image *img, uint32_t ordinal);

/* Names in executable sections from the COFF symbol table (linkers other than Microsoft's may leave one). */
typedef struct {
    const char *name;
    uint32_t rva;
    bool function; /* its type says so; else a label */
} image_symbol;
size_t image_symbols(const image *img, const image_symbol **symbols); /* sorted by RVA, functions before labels */
size_t image_symbol_index(const image *img, uint64_t rva); /* of the first one at `rva` or above; else their number */

bool image_has_dwarf(const image *img); /* carries debug information of its own */
/* A section of it (".debug_info"); NULL: there is none. */
const void *image_debug_section(const image *img, const char *name, uint32_t *size);

#endif
