/* SPDX-License-Identifier: GPL-2.0-or-later */
/* golden.h - text compared with a file of tests/golden; AIRLOCK_UPDATE_GOLDEN=1 writes the file instead. */
#ifndef AIRLOCK_TESTS_GOLDEN_H
#define AIRLOCK_TESTS_GOLDEN_H

/* Fails the running test unless `text` is the content of tests/golden/`name`; prints the first line that differs. */
void assert_golden(const char *name, const char *text);

#endif
