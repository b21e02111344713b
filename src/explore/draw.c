/* SPDX-License-Identifier: GPL-2.0-or-later */
/* draw.c - the numbers of random walks: the same for the same seed, everywhere. */
#include "internal.h"

uint64_t draw_mix(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

uint64_t draw_number(uint64_t *state) { return draw_mix(*state += UINT64_C(0x9e3779b97f4a7c15)); }
