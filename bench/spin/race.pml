/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * race.pml - as in ../../tests/unit/explore/programs.c: the loader registers under a lock, then fills SLOTS slots and counts
 * each; the unloader, if it sees the registration under the lock, reads each slot, NULL being the bug, and unregisters under
 * the lock. With -DLAST the loader registers when all slots are filled.
 */
byte slot[SLOTS], count;
bool locked, registered, filled;

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

inline register(value)
{
    lock();
    registered = value;
    unlock()
}

active proctype loader()
{
    byte i;

#ifndef LAST
    register(true);
#endif
    do
    :: i < SLOTS -> slot[i] = 1; count++; i++
    :: else -> break
    od;
#ifdef LAST
    register(true);
#endif
    filled = true
}

active proctype unloader()
{
    byte i, read;
    bool seen;

    lock();
    seen = registered;
    unlock();
    if
    :: !seen -> goto over
    :: else
    fi;
#ifdef WAITS
    filled;
#endif
    do
    :: i < SLOTS ->
        read = slot[i];
        if
        :: read == 0 -> assert(false); goto over
        :: else -> i++
        fi
    :: else -> break
    od;
    register(false);
over:
    skip
}
