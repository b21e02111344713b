/* SPDX-License-Identifier: MIT */
/*
 * The first bytes of a guest image's code (the linker puts .init first). The linker's own symbols all lie at the start of
 * .text; without these bytes they would share an address with a function, and symbolizers would name that one wrongly.
 */
        .section .init, "x"
        .fill   16, 1, 0xcc
