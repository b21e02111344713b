/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disassemble.h - one instruction as text, as WinDbg writes it. Used inside src/report. */
#ifndef AIRLOCK_REPORT_DISASSEMBLE_H
#define AIRLOCK_REPORT_DISASSEMBLE_H

#include <stdint.h>

#include "arena.h"
#include "image.h"

/* "mov     rax,qword ptr [rcx+8]"; NULL: no instruction. Targets are addresses at the image's preferred base. */
const char *disassemble(report_arena *arena, const image *img, uint32_t rva);

#endif
