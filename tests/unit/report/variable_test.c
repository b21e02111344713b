/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of data by what a C programmer calls them; and debug information that is garbage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "variable.h"

static image *open_library(const char *path)
{
    image *img;
    assert_int_equal(image_read_file(path, &img), IMAGE_OK);
    assert_true(image_has_dwarf(img));
    return img;
}

static void check(const image *img, const char *variable, uint32_t offset, const char *want)
{
    char name[128];
    const image_export *e = image_find_export(img, variable);
    assert_non_null(e);
    assert_true(variable_name(img, e->rva + offset, name, sizeof name));
    assert_string_equal(name, want);
}

static void names_on(const char *path, uint32_t word)
{
    image *img = open_library(path);
    uint32_t queue = 8 + 2 * word + 24; /* Kind, the union, List, Table; then what fills the last word */
    queue = (queue + word - 1) / word * word;
    check(img, "Plain", 0, "Plain");
    check(img, "Plain", 4, "Plain+0x4");
    check(img, "Pointers", 0, "Pointers[0]");
    check(img, "Pointers", 3 * word, "Pointers[3]");
    check(img, "Queues", 0, "Queues[0].Kind");
    check(img, "Queues", 4, "Queues[0].Word");
    check(img, "Queues", 1, "Queues+0x1"); /* between two members */
    check(img, "Queues", queue, "Queues[1].Kind");
    check(img, "Queues", queue + 8, "Queues[1].List.Next");
    check(img, "Queues", queue + 8 + word, "Queues[1].List.Before");
    check(img, "Queues", queue + 8 + 2 * word + 2 * 6, "Queues[1].Table[1][2]");
    image_close(img);
}

static void names(void **state)
{
    (void)state;
    names_on(VARIABLES_X64, 8);
    names_on(VARIABLES_X86, 4);
}

static void no_names(void **state)
{
    (void)state;
    char name[128];
    image *img = open_library(VARIABLES_X64);
    assert_false(variable_name(img, image_entry(img), name, sizeof name)); /* code */
    assert_false(variable_name(img, image_size(img) - 1, name, sizeof name));
    image_close(img);
}

/* Bytes of the debug sections replaced at random: anything may be found, but nothing outside of the image is read. */
static void garbage(void **state)
{
    (void)state;
    image *img = open_library(VARIABLES_X64);
    static const char *const sections[] = {".debug_info", ".debug_abbrev"};
    uint32_t rva = image_find_export(img, "Queues")->rva, seed = 1;
    size_t size;
    const uint8_t *original = image_bytes(img, &size);
    for (unsigned round = 0; round < 400; round++) {
        uint8_t *bytes = malloc(size);
        char name[32];
        image *other;
        memcpy(bytes, original, size);
        for (unsigned i = 0; i < 1 + round % 8; i++) {
            uint32_t length = 0;
            const uint8_t *section = image_debug_section(img, sections[(seed >> 8) % 2], &length);
            assert_non_null(section);
            const uint8_t *in_file = memmem(original, size, section, 64);
            assert_non_null(in_file);
            seed = seed * 1664525u + 1013904223u;
            size_t at = (size_t)(in_file - original) + (seed >> 4) % (length < 4096 ? length : 4096);
            seed = seed * 1664525u + 1013904223u;
            bytes[at < size ? at : size - 1] = (uint8_t)(seed >> 16);
        }
        if (image_open("garbage.dll", bytes, size, &other) == IMAGE_OK) {
            for (uint32_t offset = 0; offset < 64; offset += 8) {
                if (variable_name(other, rva + offset, name, sizeof name))
                    assert_true(strlen(name) < sizeof name);
            }
            image_close(other);
        }
        free(bytes);
    }
    image_close(img);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(no_names), cmocka_unit_test(garbage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
