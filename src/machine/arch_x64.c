/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arch_x64.c - the x64 processor: 16 registers, flat memory, GS points to the processor block. */
#include "core.h"

static const int general[] = {UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
                              UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
                              UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
                              UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15};

static bool start(machine *m)
{
    (void)m;
    return true;
}

static void birth(machine *m, uc_context *context, uint64_t block)
{
    (void)m;
    uc_context_reg_write(context, UC_X86_REG_GS_BASE, &block);
}

static void resume(machine *m, uint64_t block) { (void)m, (void)block; }

static void take_segments(machine *m)
{
    uc_reg_read(m->cpu, UC_X86_REG_GS_BASE, &m->r[BLOCK_REGISTER]);
    m->flat = true;
}

static void lend_segments(machine *m) { uc_reg_write(m->cpu, UC_X86_REG_GS_BASE, &m->r[BLOCK_REGISTER]); }

static uint64_t handler(machine *m, int vector)
{
    uint8_t b[16];
    if (!trap_gate(m, vector, b, sizeof b)) {
        return 0;
    }
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[6] << 16 | (uint64_t)b[7] << 24 | (uint64_t)b[8] << 32 |
           (uint64_t)b[9] << 40 | (uint64_t)b[10] << 48 | (uint64_t)b[11] << 56;
}

static bool push_frame(machine *m, uint64_t pc, bool has_error, uint64_t error)
{
    enum { CODE_SELECTOR = 0x10, STACK_SELECTOR = 0x18 };
    uint64_t sp = cpu_get(m, UC_X86_REG_RSP), flags = cpu_get(m, UC_X86_REG_EFLAGS) & 0xffffffffu;
    uint64_t frame[6] = {error, pc, CODE_SELECTOR, flags, sp, STACK_SELECTOR};
    size_t skip = has_error ? 0 : 1;
    size_t size = sizeof frame - skip * sizeof frame[0];
    uint64_t top = (sp & ~15ull) - size;
    cpu_set(m, UC_X86_REG_RSP, top);
    return memory_write(m, top, frame + skip, size);
}

const arch arch_x64 = {
    .mode = UC_MODE_64,
    .image = IMAGE_X64,
    .word = 8,
    .general = general,
    .general_count = 16,
    .pc = UC_X86_REG_RIP,
    .call = {0, 1, 2, 8, 9}, /* RAX, RCX, RDX, R8, R9 */
    .window_shift = X64_WINDOW_SHIFT,
    .clock_page = X64_CLOCK_PAGE,
    .system_base = X64_SYSTEM_BASE,
    .system_size = X64_SYSTEM_SIZE,
    .driver_base = X64_DRIVER_BASE,
    .driver_size = X64_DRIVER_SIZE,
    .pool_base = X64_POOL_BASE,
    .stack_first = X64_STACK_FIRST,
    .arena_size = X64_ARENA_SIZE,
    .arena_system = X64_ARENA_SYSTEM,
    .system_first = X64_SYSTEM_FIRST,
    .library_first = X64_SYSTEM_FIRST,
    .trusted_first = X64_TRUSTED_FIRST,
    .image_first = X64_IMAGE_FIRST,
    .image_slot = X64_IMAGE_SLOT,
    .image_space = X64_DRIVER_BASE + X64_DRIVER_SIZE - X64_IMAGE_FIRST,
    .start = start,
    .birth = birth,
    .resume = resume,
    .take_segments = take_segments,
    .lend_segments = lend_segments,
    .operation = operation_handler_x64,
    .handler = handler,
    .push_frame = push_frame,
};
