/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_value.h - building blocks of the JSON reports. None of them fails: out of memory ends the program, because a
 * report that lacks something is worse than none. Used inside src/report.
 */
#ifndef AIRLOCK_REPORT_JSON_VALUE_H
#define AIRLOCK_REPORT_JSON_VALUE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "finding.h"

json_t *value_sure(json_t *value);     /* `value`, which must not be NULL */
json_t *value_text(const char *text);  /* null for NULL */
json_t *value_hex(uint64_t number);    /* "0x1f" */
json_t *value_count(uint64_t number);  /* a number; beyond 2^53 as value_hex */
json_t *value_status(uint32_t status); /* "0xC0000005 (STATUS_ACCESS_VIOLATION)" */
json_t *value_text_list(const char *const *texts, size_t count);

/* These take over the reference to `value`. */
void value_set(json_t *object, const char *key, json_t *value);
void value_add(json_t *array, json_t *value);
void value_set_text(json_t *object, const char *key, const char *text);    /* nothing for NULL */
void value_set_address(json_t *object, const char *key, uint64_t address); /* nothing for 0 */

/* The document, which it takes over, in the form of all reports. False: it could not be written. */
bool json_write(FILE *out, json_t *root);

/* An array of `count` elements of `items`, each by `convert`. */
#define JSON_LIST(items, count, convert)             \
    __extension__({                                  \
        json_t *list_ = value_sure(json_array());    \
        for (size_t i_ = 0; i_ < (count); i_++)      \
            value_add(list_, convert(&(items)[i_])); \
        list_;                                       \
    })

json_t *value_failure(const report_failure *failure); /* json_failure.c */

#endif
