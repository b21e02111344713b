/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image_test.c - the PE reader on whole files, broken ones, and real ones (paths in argv). */
#include "image.h"

#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sample_pe.h"

static uint8_t file[SAMPLE_SIZE];

static image *open_sample(bool wide)
{
    image *img = NULL;
    sample_pe(file, wide);
    assert_int_equal(image_open("Sample.SYS", file, sizeof file, &img), IMAGE_OK);
    return img;
}

static image_status reopen(size_t size)
{
    image *img = NULL;
    image_status status = image_open("broken.sys", file, size, &img);
    image_close(img);
    return status;
}

static uint64_t value_at(const uint8_t *at, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static void check_facts(bool wide)
{
    image *img = open_sample(wide);
    size_t size;
    uint32_t exceptions;
    assert_string_equal(image_name(img), "sample.sys");
    assert_null(image_path(img));
    assert_int_equal(image_arch(img), wide ? IMAGE_X64 : IMAGE_X86);
    assert_true(image_is_native_driver(img));
    assert_false(image_is_dll(img));
    assert_int_equal(image_size(img), 0x5000);
    assert_int_equal(image_entry(img), 0x1000);
    assert_int_equal(image_timestamp(img), 0x4badcafe);
    assert_int_equal(image_checksum(img), 0x1234);
    assert_true(image_preferred_base(img) == (wide ? SAMPLE_BASE64 : SAMPLE_BASE32));
    assert_int_equal(image_exception_directory(img, &exceptions), 0);
    assert_int_equal(exceptions, 0);
    assert_memory_equal(image_bytes(img, &size), file, sizeof file);
    assert_int_equal(size, sizeof file);
    image_close(img);
}

static void facts_of_the_headers(void **state)
{
    (void)state;
    check_facts(true);
    check_facts(false);
}

static void sections_with_their_rights(void **state)
{
    (void)state;
    const image_section *sections;
    image *img = open_sample(true);
    assert_int_equal(image_sections(img, &sections), 4);
    assert_string_equal(sections[0].name, ".text");
    assert_true(sections[0].executable && sections[0].readable && !sections[0].writable);
    assert_true(sections[2].writable && !sections[2].executable && !sections[2].discardable);
    assert_true(sections[3].discardable);
    assert_int_equal(sections[2].rva, 0x3000);
    assert_int_equal(sections[2].size, 0x1000);
    image_close(img);
}

static void check_imports(bool wide)
{
    const image_import *imports;
    image *img = open_sample(wide);
    assert_int_equal(image_imports(img, &imports), 3);
    assert_string_equal(imports[0].module, "ntoskrnl.exe");
    assert_string_equal(imports[0].name, "DbgPrint");
    assert_int_equal(imports[0].hint, 42);
    assert_int_equal(imports[0].slot, 0x20c0);
    assert_null(imports[1].name);
    assert_int_equal(imports[1].ordinal, 7);
    assert_int_equal(imports[1].slot, wide ? 0x20c8 : 0x20c4);
    assert_string_equal(imports[2].module, "fltmgr.sys");
    assert_string_equal(imports[2].name, "FltRegisterFilter");
    image_close(img);
}

static void imports_by_name_and_ordinal(void **state)
{
    (void)state;
    check_imports(true);
    check_imports(false);
}

static void exports_sorted_nameless_last(void **state)
{
    (void)state;
    const image_export *exports;
    image *img = open_sample(true);
    assert_int_equal(image_exports(img, &exports), 3);
    assert_string_equal(exports[0].name, "Alpha");
    assert_string_equal(exports[0].forwarder, "ntoskrnl.Beta");
    assert_int_equal(exports[0].rva, 0);
    assert_string_equal(exports[1].name, "Zebra");
    assert_int_equal(exports[1].rva, 0x1010);
    assert_null(exports[2].name);
    assert_int_equal(exports[2].ordinal, 6);
    image_close(img);
}

static void exports_found(void **state)
{
    (void)state;
    image *img = open_sample(true);
    assert_int_equal(image_find_export(img, "Zebra")->ordinal, 5);
    assert_int_equal(image_find_export(img, "Alpha")->ordinal, 8);
    assert_null(image_find_export(img, "Zebr"));
    assert_null(image_find_export(img, ""));
    assert_int_equal(image_find_ordinal(img, 6)->rva, 0x1020);
    assert_string_equal(image_find_ordinal(img, 8)->name, "Alpha");
    assert_null(image_find_ordinal(img, 7));
    assert_null(image_find_ordinal(img, 4));
    assert_null(image_find_ordinal(img, 9));
    image_close(img);
}

static void check_layout(bool wide, uint64_t base, uint64_t cookie)
{
    unsigned w = wide ? 8 : 4;
    image *img = open_sample(wide);
    uint8_t *out = malloc(image_size(img));
    assert_int_equal(image_layout(img, base, cookie, out), IMAGE_OK);
    assert_memory_equal(out, "MZ", 2);
    assert_int_equal(out[0x1000], 0xcc);
    assert_int_equal(out[0x1200], 0);
    assert_true(value_at(out + 0x3010, w) == base + 0x3010);
    assert_true(value_at(out + 0x3040 + (wide ? 0x58 : 0x3c), w) == base + 0x3000);
    assert_true(value_at(out + 0x3000, w) == cookie);
    free(out);
    image_close(img);
}

static void layout_relocates_and_sets_the_cookie(void **state)
{
    (void)state;
    check_layout(true, 0xfffff88000123000u & ~0xffffu, 0x0000123456789abcu);
    check_layout(true, SAMPLE_BASE64, 0x0000123456789abcu);
    check_layout(false, 0x10000, 0x12345678);
    check_layout(false, 0xf7400000, 0x12345678);
}

static void cookie_of_another_value_stays(void **state)
{
    (void)state;
    image *img = NULL;
    sample_pe(file, true);
    sample_put(file + SAMPLE_DATA, 0x77, 8);
    assert_int_equal(image_open("a.sys", file, sizeof file, &img), IMAGE_OK);
    uint8_t *out = malloc(image_size(img));
    assert_int_equal(image_layout(img, SAMPLE_BASE64, 0x1234, out), IMAGE_OK);
    assert_int_equal(value_at(out + 0x3000, 8), 0x77);
    free(out);
    image_close(img);
}

static void cookie_zero_leaves_the_default(void **state)
{
    (void)state;
    image *img = open_sample(true);
    uint8_t *out = malloc(image_size(img));
    assert_int_equal(image_layout(img, SAMPLE_BASE64, 0, out), IMAGE_OK);
    assert_true(value_at(out + 0x3000, 8) == SAMPLE_COOKIE64);
    free(out);
    image_close(img);
}

static void stripped_relocations_bind_to_the_preferred_base(void **state)
{
    (void)state;
    image *img = NULL;
    sample_pe(file, true);
    sample_put(file + SAMPLE_NT + 22, 0x23, 2);
    assert_int_equal(image_open("a.sys", file, sizeof file, &img), IMAGE_OK);
    uint8_t *out = malloc(image_size(img));
    assert_int_equal(image_layout(img, SAMPLE_BASE64, 0, out), IMAGE_OK);
    assert_int_equal(image_layout(img, SAMPLE_BASE64 + 0x10000, 0, out), IMAGE_NOT_RELOCATABLE);
    free(out);
    image_close(img);
}

static void sections_aligned_below_a_page(void **state)
{
    (void)state;
    static const uint32_t raw[4] = {SAMPLE_TEXT, SAMPLE_RDATA, SAMPLE_DATA, SAMPLE_RELOC};
    const image_section *sections;
    image *img = NULL;
    sample_pe(file, true);
    for (unsigned i = 0; i < 16; i++)
        sample_set_directory(file, true, i, 0, 0);
    sample_put(file + SAMPLE_OPTIONAL + 32, 0x20, 4);
    sample_put(file + SAMPLE_OPTIONAL + 36, 0x20, 4);
    sample_put(file + SAMPLE_OPTIONAL + 56, 0xe00, 4);
    sample_put(file + SAMPLE_OPTIONAL + 16, SAMPLE_TEXT, 4);
    for (unsigned i = 0; i < 4; i++)
        sample_put(file + sample_section(true, i) + 12, raw[i], 4);
    assert_int_equal(image_open("a.sys", file, sizeof file, &img), IMAGE_OK);
    assert_int_equal(image_size(img), 0x1000);
    assert_int_equal(image_sections(img, &sections), 1);
    assert_int_equal(sections[0].size, 0x1000);
    assert_true(sections[0].writable && sections[0].executable);
    assert_int_equal(((const uint8_t *)image_view(img))[SAMPLE_TEXT], 0xcc);
    image_close(img);

    sample_put(file + sample_section(true, 1) + 12, 0x620, 4);
    assert_int_equal(reopen(sizeof file), IMAGE_BAD_SECTION);
}

static void names_from_the_coff_symbol_table(void **state)
{
    (void)state;
    const image_symbol *symbols;
    image *img = open_sample(true);
    assert_int_equal(image_symbols(img, &symbols), 2);
    assert_string_equal(symbols[0].name, "Start");
    assert_int_equal(symbols[0].rva, 0x1000);
    assert_string_equal(symbols[1].name, "LongFunctionName");
    assert_int_equal(symbols[1].rva, 0x1020);
    assert_int_equal(image_symbol_index(img, 0x1000), 0);
    assert_int_equal(image_symbol_index(img, 0x1001), 1);
    assert_int_equal(image_symbol_index(img, 0x1020), 1);
    assert_int_equal(image_symbol_index(img, UINT64_MAX), 2);
    image_close(img);
}

static void hash_is_that_of_the_file(void **state)
{
    (void)state;
    image *img = NULL;
    sample_pe(file, true);
    assert_int_equal(image_open("a.sys", file, sizeof file, &img), IMAGE_OK);
    char first[65];
    strcpy(first, image_sha256(img));
    assert_int_equal(strlen(first), 64);
    image_close(img);
    file[SAMPLE_TEXT] ^= 1;
    assert_int_equal(image_open("a.sys", file, sizeof file, &img), IMAGE_OK);
    assert_string_not_equal(image_sha256(img), first);
    image_close(img);
}

/* Broken files: one change, one answer. ---------------------------------------------------------------------------- */

typedef struct {
    const char *what;
    uint32_t offset;
    uint64_t value;
    unsigned width;
    image_status expected;
} breakage;

#define OPTIONAL(field)       (SAMPLE_OPTIONAL + (field))
#define SECTION(index, field) (SAMPLE_OPTIONAL + 240 + (index)*40 + (field))
#define DIRECTORY(index)      (SAMPLE_OPTIONAL + 112 + (index)*8)

static const breakage breakages[] = {
    {"no MZ", 0, 0, 2, IMAGE_NOT_PE},
    {"e_lfanew beyond the file", 0x3c, 0x10000000, 4, IMAGE_NOT_PE},
    {"e_lfanew wraps", 0x3c, 0xfffffffe, 4, IMAGE_NOT_PE},
    {"e_lfanew at the last bytes", 0x3c, SAMPLE_SIZE - 3, 4, IMAGE_NOT_PE},
    {"no PE signature", SAMPLE_NT, 0, 4, IMAGE_NOT_PE},
    {"ARM64", SAMPLE_NT + 4, 0xaa64, 2, IMAGE_WRONG_MACHINE},
    {"x86 with a 64-bit header", SAMPLE_NT + 4, 0x14c, 2, IMAGE_BAD_HEADER},
    {"an object, not an image", SAMPLE_NT + 22, 0x20, 2, IMAGE_BAD_HEADER},
    {"65535 sections", SAMPLE_NT + 6, 65535, 2, IMAGE_TRUNCATED},
    {"no optional header", SAMPLE_NT + 20, 0, 2, IMAGE_BAD_HEADER},
    {"short optional header", SAMPLE_NT + 20, 100, 2, IMAGE_BAD_HEADER},
    {"optional header beyond the file", SAMPLE_NT + 20, 65535, 2, IMAGE_TRUNCATED},
    {"alignment 0", OPTIONAL(32), 0, 4, IMAGE_BAD_HEADER},
    {"alignment 3000", OPTIONAL(32), 0x3000, 4, IMAGE_BAD_HEADER},
    {"image of 4 GB", OPTIONAL(56), 0xffffffff, 4, IMAGE_TOO_LARGE},
    {"image of 0", OPTIONAL(56), 0, 4, IMAGE_BAD_HEADER},
    {"image smaller than its sections", OPTIONAL(56), 0x3000, 4, IMAGE_BAD_DIRECTORY},
    {"entry outside", OPTIONAL(16), 0x5000, 4, IMAGE_BAD_HEADER},
    {"base unaligned", OPTIONAL(24), 0x140001000, 8, IMAGE_BAD_HEADER},
    {"headers longer than the file", OPTIONAL(60), 0x4000, 4, IMAGE_TRUNCATED},
    {"headers longer than the image", OPTIONAL(60), 0x6000, 4, IMAGE_BAD_HEADER},
    {"section unaligned", SECTION(1, 12), 0x2010, 4, IMAGE_BAD_SECTION},
    {"section over the headers", SECTION(0, 12), 0, 4, IMAGE_BAD_SECTION},
    {"section over another", SECTION(1, 12), 0x1000, 4, IMAGE_BAD_SECTION},
    {"section beyond the image", SECTION(3, 12), 0x5000, 4, IMAGE_BAD_SECTION},
    {"section of 4 GB", SECTION(3, 8), 0xffffffff, 4, IMAGE_BAD_SECTION},
    {"section's bytes beyond the file", SECTION(3, 20), 0x10000, 4, IMAGE_TRUNCATED},
    {"section's bytes wrap", SECTION(3, 20), 0xfffffe00, 4, IMAGE_TRUNCATED},
    {"import directory outside", DIRECTORY(1), 0x5000, 4, IMAGE_BAD_DIRECTORY},
    {"import directory too long", DIRECTORY(1) + 4, 0xffffffff, 4, IMAGE_BAD_DIRECTORY},
    {"import module name outside", SAMPLE_IMPORTS + 12, 0x5000, 4, IMAGE_BAD_DIRECTORY},
    {"import lookup table outside", SAMPLE_IMPORTS, 0x4ffc, 4, IMAGE_BAD_DIRECTORY},
    {"import slots outside", SAMPLE_IMPORTS + 16, 0x4ff8, 4, IMAGE_BAD_DIRECTORY},
    {"import name outside", SAMPLE_IMPORTS + 0x80, 0x4fff, 8, IMAGE_BAD_DIRECTORY},
    {"import name beyond 4 GB", SAMPLE_IMPORTS + 0x80, 0x100002120, 8, IMAGE_BAD_DIRECTORY},
    {"import name empty", SAMPLE_IMPORTS + 0x80, 0x2300, 8, IMAGE_BAD_DIRECTORY},
    {"export directory outside", DIRECTORY(0), 0x4ff0, 4, IMAGE_BAD_DIRECTORY},
    {"export count huge", SAMPLE_EXPORTS + 20, 0xffffffff, 4, IMAGE_BAD_DIRECTORY},
    {"export name count huge", SAMPLE_EXPORTS + 24, 0x40000000, 4, IMAGE_BAD_DIRECTORY},
    {"export functions outside", SAMPLE_EXPORTS + 28, 0x4ffc, 4, IMAGE_BAD_DIRECTORY},
    {"export names outside", SAMPLE_EXPORTS + 32, 0xfffffffc, 4, IMAGE_BAD_DIRECTORY},
    {"export ordinals outside", SAMPLE_EXPORTS + 36, 0x4fff, 4, IMAGE_BAD_DIRECTORY},
    {"export ordinal beyond the functions", SAMPLE_EXPORTS + 0x70, 4, 2, IMAGE_BAD_DIRECTORY},
    {"export name outside", SAMPLE_EXPORTS + 0x60, 0x5000, 4, IMAGE_BAD_DIRECTORY},
    {"export outside", SAMPLE_EXPORTS + 0x40, 0x5000, 4, IMAGE_BAD_DIRECTORY},
    {"export forwarder without a module", SAMPLE_EXPORTS + 0xa8, 'x', 1, IMAGE_BAD_DIRECTORY},
    {"export ordinal base huge", SAMPLE_EXPORTS + 16, 0xffffffff, 4, IMAGE_BAD_DIRECTORY},
    {"exceptions half an entry", DIRECTORY(3) + 4, 0, 4, IMAGE_OK},
    {"relocations outside", DIRECTORY(5), 0x4ff8, 4, IMAGE_BAD_DIRECTORY},
    {"relocation block of 4", SAMPLE_RELOC + 4, 4, 4, IMAGE_BAD_DIRECTORY},
    {"relocation block too long", SAMPLE_RELOC + 4, 16, 4, IMAGE_BAD_DIRECTORY},
    {"relocation block of 4 GB", SAMPLE_RELOC + 4, 0xfffffff8, 4, IMAGE_BAD_DIRECTORY},
    {"relocation block of 0 ends the table", SAMPLE_RELOC + 4, 0, 4, IMAGE_OK},
    {"relocation outside", SAMPLE_RELOC, 0x5000, 4, IMAGE_BAD_DIRECTORY},
    {"relocation wraps", SAMPLE_RELOC, 0xffffffff, 4, IMAGE_BAD_DIRECTORY},
    {"relocation over the end", SAMPLE_RELOC + 8, 0xaffc, 2, IMAGE_OK},
    {"relocation of unknown type", SAMPLE_RELOC + 8, 0x7010, 2, IMAGE_BAD_DIRECTORY},
    {"load configuration outside", DIRECTORY(10), 0xfffffff0, 4, IMAGE_BAD_DIRECTORY},
    {"cookie outside", SAMPLE_DATA + 0x98, 0x140004ffc, 8, IMAGE_BAD_DIRECTORY},
    {"cookie below the base", SAMPLE_DATA + 0x98, 0x1000, 8, IMAGE_BAD_DIRECTORY},
    {"load configuration too short for a cookie", SAMPLE_DATA + 0x40, 0x58, 4, IMAGE_OK},
    {"symbol table outside", SAMPLE_NT + 12, 0xfffffff0, 4, IMAGE_OK},
    {"symbol count huge", SAMPLE_NT + 16, 0xffffffff, 4, IMAGE_OK},
    {"symbol name outside", SAMPLE_SYMBOLS + 18 + 4, 0xfffffff0, 4, IMAGE_OK},
};

static void broken_in_one_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof breakages / sizeof *breakages; i++) {
        const breakage *b = &breakages[i];
        sample_pe(file, true);
        sample_put(file + b->offset, b->value, b->width);
        image_status got = reopen(sizeof file);
        if (got != b->expected)
            fail_msg("%s: want %d, got %d", b->what, b->expected, got);
    }
}

static void truncated_anywhere(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        sample_pe(file, wide);
        for (size_t size = 0; size < SAMPLE_SYMBOLS; size++) {
            /* an exact allocation: one byte read too many is seen by the sanitizer */
            uint8_t *part = malloc(size + 1);
            image *img = NULL;
            memcpy(part, file, size);
            image_status status = image_open("part.sys", part, size, &img);
            free(part);
            image_close(img);
            if (status != IMAGE_TRUNCATED && status != IMAGE_NOT_PE)
                fail_msg("%zu bytes: got %d", size, status);
        }
        assert_int_equal(reopen(SAMPLE_SYMBOLS), IMAGE_OK);
    }
}

static void exceptions_of_half_an_entry(void **state)
{
    (void)state;
    sample_pe(file, true);
    sample_set_directory(file, true, 3, 0x2300, 18);
    assert_int_equal(reopen(sizeof file), IMAGE_BAD_DIRECTORY);
    sample_set_directory(file, true, 3, 0x2300, 24);
    assert_int_equal(reopen(sizeof file), IMAGE_OK);
}

/* The last section is filled to the end of the image with a name that never ends. */
static void name_without_end(void **state)
{
    (void)state;
    size_t size = SAMPLE_RELOC + 0x1000;
    uint8_t *longer = calloc(1, size);
    image *img = NULL;
    sample_pe(file, true);
    memcpy(longer, file, SAMPLE_SYMBOLS);
    memset(longer + SAMPLE_RELOC + 0x10, 'A', size - SAMPLE_RELOC - 0x10);
    sample_put(longer + sample_section(true, 3) + 8, 0x1000, 4);
    sample_put(longer + sample_section(true, 3) + 16, 0x1000, 4);
    assert_int_equal(image_open("a.sys", longer, size, &img), IMAGE_OK);
    image_close(img);
    sample_put(longer + SAMPLE_IMPORTS + 12, 0x4ff0, 4);
    assert_int_equal(image_open("a.sys", longer, size, &img), IMAGE_BAD_DIRECTORY);
    sample_put(longer + SAMPLE_IMPORTS + 12, 0x4100, 4);
    longer[size - 1] = '\0';
    assert_int_equal(image_open("a.sys", longer, size, &img), IMAGE_BAD_DIRECTORY);
    free(longer);
}

static void unreadable_paths(void **state)
{
    (void)state;
    image *img = NULL;
    assert_int_equal(image_read_file("/nonexistent/driver.sys", &img), IMAGE_CANNOT_READ);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(image_read_file("/", &img), IMAGE_CANNOT_READ);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(image_read_file("/dev/zero", &img), IMAGE_CANNOT_READ);
    assert_null(img);
}

static void every_status_has_a_sentence(void **state)
{
    (void)state;
    for (int status = IMAGE_OK; status <= IMAGE_NOT_RELOCATABLE; status++)
        assert_string_not_equal(image_status_text((image_status)status), "unknown error");
}

/* Real files: those that the project builds, in the folders that $DRIVERS and $NT name. ---------------------------- */

static void check_real_file(const char *path)
{
    image *img = NULL;
    const image_import *imports;
    image_status status = image_read_file(path, &img);
    if (status != IMAGE_OK)
        fail_msg("%s: %s", path, image_status_text(status));
    assert_string_equal(image_path(img), path);
    uint8_t *here = malloc(image_size(img)), *there = malloc(image_size(img));
    assert_int_equal(image_layout(img, image_preferred_base(img), 0, here), IMAGE_OK);
    assert_memory_equal(here, image_view(img), image_size(img));
    assert_int_equal(image_layout(img, 0xfffff88001000000u, 0, there), IMAGE_OK);
    size_t count = image_imports(img, &imports);
    for (size_t i = 0; i < count; i++)
        assert_memory_equal(here + imports[i].slot, there + imports[i].slot, 4); /* no fix-ups in the IAT */
    free(here);
    free(there);
    image_close(img);
}

static void real_files_open_and_move(void **state)
{
    (void)state;
    static const char *const folders[] = {"DRIVERS", "NT"};
    glob_t files = {0};
    for (size_t i = 0; i < 2; i++) {
        const char *folder = getenv(folders[i]);
        char pattern[4096];
        snprintf(pattern, sizeof pattern, "%s/*.[se][yx][se]", folder != NULL ? folder : "/nonexistent");
        glob(pattern, i == 0 ? 0 : GLOB_APPEND, NULL, &files);
    }
    if (files.gl_pathc == 0)
        skip();
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_real_file(files.gl_pathv[i]);
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_the_headers),
        cmocka_unit_test(sections_with_their_rights),
        cmocka_unit_test(imports_by_name_and_ordinal),
        cmocka_unit_test(exports_sorted_nameless_last),
        cmocka_unit_test(exports_found),
        cmocka_unit_test(layout_relocates_and_sets_the_cookie),
        cmocka_unit_test(cookie_of_another_value_stays),
        cmocka_unit_test(cookie_zero_leaves_the_default),
        cmocka_unit_test(stripped_relocations_bind_to_the_preferred_base),
        cmocka_unit_test(sections_aligned_below_a_page),
        cmocka_unit_test(names_from_the_coff_symbol_table),
        cmocka_unit_test(hash_is_that_of_the_file),
        cmocka_unit_test(broken_in_one_place),
        cmocka_unit_test(truncated_anywhere),
        cmocka_unit_test(exceptions_of_half_an_entry),
        cmocka_unit_test(name_without_end),
        cmocka_unit_test(unreadable_paths),
        cmocka_unit_test(every_status_has_a_sentence),
        cmocka_unit_test(real_files_open_and_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
