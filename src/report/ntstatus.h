/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ntstatus.h - names of NTSTATUS values, for people. */
#ifndef AIRLOCK_REPORT_NTSTATUS_H
#define AIRLOCK_REPORT_NTSTATUS_H

#include <stddef.h>
#include <stdint.h>

/* "STATUS_ACCESS_VIOLATION"; NULL for a value that is not in the table. */
const char *report_ntstatus_name(uint32_t status);

/* A sentence on what an exception code of a driver means; NULL if there is nothing to say. */
const char *report_ntstatus_meaning(uint32_t status);

#define REPORT_NTSTATUS_SIZE 80

/* Writes "0xC0000005 (STATUS_ACCESS_VIOLATION)", or the value and its severity ("0xC0FFEE00 (error)"), into `buffer` of
 * REPORT_NTSTATUS_SIZE bytes. Returns `buffer`. */
const char *report_ntstatus_text(uint32_t status, char *buffer);

#endif
