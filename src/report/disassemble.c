/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disassemble.h"

#include <Zydis/Zydis.h>

const char *disassemble(report_arena *arena, const image *img, uint32_t rva)
{
    bool wide = image_arch(img) == IMAGE_X64;
    ZydisDisassembledInstruction instruction;
    if (rva >= image_size(img)) {
        return NULL;
    }
    ZyanStatus status = ZydisDisassembleIntel(wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                                              image_preferred_base(img) + rva, (const uint8_t *)image_view(img) + rva,
                                              image_size(img) - rva, &instruction);
    return ZYAN_SUCCESS(status) ? report_arena_copy(arena, instruction.text) : NULL;
}
