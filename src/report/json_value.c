/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ntstatus.h"

/* Out of memory, or a string that is not UTF-8: a report that lacks something is worse than none. */
json_t *value_sure(json_t *value)
{
    if (!value) {
        fputs("airlock: no memory left for the report\n", stderr);
        abort();
    }
    return value;
}

json_t *value_text(const char *text)
{
    if (!text)
        return value_sure(json_null());
    json_t *value = json_string(text);
    return value ? value : value_sure(json_string_nocheck("(not UTF-8)"));
}

json_t *value_hex(uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "0x%" PRIx64, number);
    return value_sure(json_string(text));
}

json_t *value_count(uint64_t number)
{
    return number > UINT64_C(1) << 53 ? value_hex(number) : value_sure(json_integer((json_int_t)number));
}

void value_set(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value))
        value_sure(NULL);
}

void value_set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        value_set(object, key, value_text(text));
}

void value_set_address(json_t *object, const char *key, uint64_t address)
{
    if (address)
        value_set(object, key, value_hex(address));
}

void value_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value))
        value_sure(NULL);
}

json_t *value_text_list(const char *const *texts, size_t count)
{
    json_t *list = value_sure(json_array());
    for (size_t i = 0; i < count; i++)
        value_add(list, value_text(texts[i]));
    return list;
}

json_t *value_status(uint32_t status)
{
    char text[REPORT_NTSTATUS_SIZE];
    return value_text(report_ntstatus_text(status, text));
}

bool json_write(FILE *out, json_t *root)
{
    bool written = !json_dumpf(root, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6)) &&
                   fputc('\n', out) != EOF && !fflush(out);
    json_decref(root);
    return written;
}
