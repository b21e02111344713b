/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readers.pml - as in ../../tests/unit/explore/programs.c: a thread writes a word; READERS others read it, each after a
 * word of its own. That word is a local variable here, which spin knows without exploring to be nobody else's.
 */
byte word;

active proctype writer()
{
    word = 1
}

active [READERS] proctype reader()
{
    byte own, seen;

    own = 0;
    seen = word;
end:
    false /* keeps what was read: a process that ends loses its variables */
}
