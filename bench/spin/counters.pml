/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters.pml - "two counters" of ../../tests/unit/explore/bench.c: two threads increment a word, ten times each. */
byte word;

active [2] proctype counter()
{
    byte i;

    do
    :: i < 10 -> atomic { word++; i++ }
    :: else -> break
    od
}
