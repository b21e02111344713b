/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image.c - opening, closing and asking an image. */
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *image_status_text(image_status status)
{
    switch (status) {
    case IMAGE_OK: return "no error";
    case IMAGE_CANNOT_READ: return "cannot be read";
    case IMAGE_TOO_LARGE: return "larger than 256 MiB, in the file or in memory";
    case IMAGE_NOT_PE: return "not a Windows executable (no MZ and PE signatures)";
    case IMAGE_TRUNCATED: return "truncated: its headers speak of bytes that the file does not have";
    case IMAGE_BAD_HEADER: return "malformed PE header";
    case IMAGE_BAD_SECTION: return "malformed section table";
    case IMAGE_BAD_DIRECTORY: return "malformed import, export, relocation, exception or load configuration table";
    case IMAGE_WRONG_MACHINE: return "built for another processor than x64 or x86";
    case IMAGE_NO_MEMORY: return "not enough memory to load it";
    case IMAGE_NOT_RELOCATABLE: return "its relocations are stripped, it can only be loaded at its preferred base";
    }
    return "unknown error";
}

static void hash(image *img)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, img->byte_count, img->bytes);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        img->sha256[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        img->sha256[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
}

static image_status check_exceptions(const image *img)
{
    const image_directory *d = &img->directories[DIRECTORY_EXCEPTION];
    if (img->machine != IMAGE_X64 || d->rva == 0)
        return IMAGE_OK;
    return d->rva % 4 == 0 && d->size % RUNTIME_FUNCTION_SIZE == 0 ? IMAGE_OK : IMAGE_BAD_DIRECTORY;
}

static image_status parse(image *img)
{
    image_status status = image_parse_headers(img);
    if (status == IMAGE_OK)
        status = image_build_view(img);
    if (status == IMAGE_OK)
        status = image_check_relocations(img);
    if (status == IMAGE_OK)
        status = check_exceptions(img);
    if (status == IMAGE_OK)
        status = image_find_cookie(img);
    if (status == IMAGE_OK)
        status = image_parse_imports(img);
    if (status == IMAGE_OK)
        status = image_parse_exports(img);
    return status == IMAGE_OK ? image_parse_symbols(img) : status;
}

static char *lower_copy(const char *name)
{
    char *copy = strdup(name);
    for (char *c = copy; c != NULL && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* Takes over `bytes`, whatever comes of it. */
static image_status open_owned(const char *name, uint8_t *bytes, size_t size, image **out)
{
    image *img = calloc(1, sizeof *img);
    if (img == NULL) {
        free(bytes);
        return IMAGE_NO_MEMORY;
    }
    img->bytes = bytes;
    img->byte_count = size;
    img->name = lower_copy(name);
    image_status status = img->name == NULL ? IMAGE_NO_MEMORY : parse(img);
    if (status != IMAGE_OK) {
        image_close(img);
        return status;
    }
    hash(img);
    *out = img;
    return IMAGE_OK;
}

image_status image_open(const char *name, const void *bytes, size_t size, image **out)
{
    if (size > IMAGE_FILE_MAX)
        return IMAGE_TOO_LARGE;
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL)
        return IMAGE_NO_MEMORY;
    if (size != 0)
        memcpy(copy, bytes, size);
    return open_owned(name, copy, size, out);
}

static image_status read_all(int file, uint8_t **bytes, size_t *size)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return IMAGE_CANNOT_READ;
    if (!S_ISREG(about.st_mode)) {
        errno = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
        return IMAGE_CANNOT_READ;
    }
    if (about.st_size > (off_t)IMAGE_FILE_MAX)
        return IMAGE_TOO_LARGE;
    *size = 0;
    *bytes = malloc((size_t)about.st_size + 1);
    if (*bytes == NULL)
        return IMAGE_NO_MEMORY;
    while (*size < (size_t)about.st_size) {
        ssize_t got = read(file, *bytes + *size, (size_t)about.st_size - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(*bytes);
            return IMAGE_CANNOT_READ;
        }
        if (got == 0)
            break;
        *size += (size_t)got;
    }
    return IMAGE_OK;
}

image_status image_read_file(const char *path, image **out)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return IMAGE_CANNOT_READ;
    image_status status = read_all(file, &bytes, &size);
    int reason = errno;
    close(file);
    errno = reason;
    if (status != IMAGE_OK)
        return status;
    const char *slash = strrchr(path, '/');
    status = open_owned(slash != NULL ? slash + 1 : path, bytes, size, out);
    if (status != IMAGE_OK)
        return status;
    (*out)->path = strdup(path);
    if ((*out)->path == NULL) {
        image_close(*out);
        *out = NULL;
        return IMAGE_NO_MEMORY;
    }
    return IMAGE_OK;
}

void image_close(image *img)
{
    if (img == NULL)
        return;
    for (size_t i = 0; i < img->module_count; i++)
        free(img->modules[i]);
    free(img->modules);
    free(img->imports);
    free(img->exports);
    free(img->ordinals);
    free(img->symbols);
    free(img->sections);
    free(img->pieces);
    free(img->view);
    free(img->bytes);
    free(img->name);
    free(img->path);
    free(img);
}

const char *image_name(const image *img) { return img->name; }

const char *image_path(const image *img) { return img->path; }

const void *image_bytes(const image *img, size_t *size)
{
    *size = img->byte_count;
    return img->bytes;
}

image_machine image_arch(const image *img) { return img->machine; }

bool image_is_native_driver(const image *img) { return img->subsystem == SUBSYSTEM_NATIVE; }

bool image_is_dll(const image *img) { return img->characteristics & FILE_DLL; }

uint32_t image_size(const image *img) { return img->size; }

uint32_t image_entry(const image *img) { return img->entry; }

uint32_t image_timestamp(const image *img) { return img->timestamp; }

uint32_t image_checksum(const image *img) { return img->checksum; }

uint64_t image_preferred_base(const image *img) { return img->base; }

uint32_t image_exception_directory(const image *img, uint32_t *size)
{
    const image_directory *d = &img->directories[DIRECTORY_EXCEPTION];
    *size = d->rva != 0 ? d->size : 0;
    return d->rva;
}

const char *image_sha256(const image *img) { return img->sha256; }

const void *image_view(const image *img) { return img->view; }

size_t image_sections(const image *img, const image_section **sections)
{
    *sections = img->sections;
    return img->section_count;
}

size_t image_imports(const image *img, const image_import **imports)
{
    *imports = img->imports;
    return img->import_count;
}
