# SPDX-License-Identifier: GPL-2.0-or-later
# How docs/remedies.md shows the matrix: without the numbers of schedules, which depend on how well the explorer reduces,
# and without nanoseconds, which depend on the compiler.
/^(DRIVER|isolate)/s/^(.{69}).{10}/\1/
s/  [ 0-9]{4} ns/   < 1 us/g
