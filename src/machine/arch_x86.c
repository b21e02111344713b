/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch_x86.c - the x86 processor: 8 registers, flat segments, FS points to the processor block. The processor looks up
 * segments in a descriptor table, which lies in guest memory that the guest can only read. The one descriptor that
 * differs between threads is written when a thread starts or goes on, so that a reload of FS finds its own block.
 *
 * There is no descriptor of user code, no call gate, no task: a far transfer stays in the kernel or is a fault.
 */
#include "core.h"

enum { CODE = 0x08, STACK = 0x10, DATA = 0x23, BLOCK = 0x30, DESCRIPTORS = 8 };
enum { KERNEL_CODE = 0x9b, KERNEL_DATA = 0x93, USER_DATA = 0xf3 }; /* present, and used: the processor writes nothing */

static const int general[] = {UC_X86_REG_EAX, UC_X86_REG_ECX, UC_X86_REG_EDX, UC_X86_REG_EBX,
                              UC_X86_REG_ESP, UC_X86_REG_EBP, UC_X86_REG_ESI, UC_X86_REG_EDI};

/* Of 4 GB from `base`, 32 bits wide. */
static uint64_t descriptor(uint64_t base, uint64_t access)
{
    return 0xffff | (base & 0xffffff) << 16 | access << 40 | 0xcfull << 48 | (base >> 24 & 0xff) << 56;
}

static uint8_t *table(machine *m) { return memory_host(m, X86_DESCRIPTORS, DESCRIPTORS * 8, PAGE_R); }

static void resume(machine *m, uint64_t block)
{
    uint64_t entry = descriptor(block, KERNEL_DATA);
    memcpy(table(m) + BLOCK, &entry, sizeof entry);
}

static void load_segment(machine *m, int reg, uint32_t selector)
{
    bool recording = m->recording;
    m->recording = false; /* the processor reads the table, not the guest */
    uc_reg_write(m->cpu, reg, &selector);
    m->recording = recording;
}

static void set_block(machine *m, uint64_t block)
{
    resume(m, block);
    load_segment(m, UC_X86_REG_FS, BLOCK);
}

void x86_set_block(machine *m, uint64_t block)
{
    resume(m, block);
    if (m->live) {
        m->r[BLOCK_REGISTER] = block; /* FS is as usual, or interpret.c would not be running */
    } else {
        load_segment(m, UC_X86_REG_FS, BLOCK);
    }
}

/* The descriptor that a selector names, whatever level it asks for. */
static bool names_block(uint32_t selector) { return (selector & ~3u) == BLOCK; }

/* FS has the block's descriptor, the others one without a base. */
static void take_segments(machine *m)
{
    enum { VALUES = 6 };
    static const int names[VALUES] = {UC_X86_REG_CS, UC_X86_REG_DS, UC_X86_REG_ES,
                                      UC_X86_REG_SS, UC_X86_REG_FS, UC_X86_REG_FS_BASE};
    uint32_t cs = 0, ds = 0, es = 0, ss = 0, fs = 0;
    void *values[VALUES] = {&cs, &ds, &es, &ss, &fs, &m->r[BLOCK_REGISTER]};
    uc_reg_read_batch(m->cpu, (int *)names, values, VALUES);
    m->flat = cs == CODE && fs == BLOCK && !names_block(ds) && !names_block(es) && !names_block(ss);
}

static void lend_segments(machine *m)
{
    uint64_t block = 0;
    uc_reg_read(m->cpu, UC_X86_REG_FS_BASE, &block);
    if (m->flat && block != m->r[BLOCK_REGISTER]) { /* the registers that a creator left */
        set_block(m, m->r[BLOCK_REGISTER]);
    }
}

static bool start(machine *m)
{
    uint64_t entries[DESCRIPTORS] = {[CODE / 8] = descriptor(0, KERNEL_CODE),
                                     [STACK / 8] = descriptor(0, KERNEL_DATA),
                                     [DATA / 8] = descriptor(0, USER_DATA)};
    memory_set_pages(m, X86_DESCRIPTORS, PAGE_BYTES, PAGE_R, HV_PAGE_READ_ONLY);
    memcpy(table(m), entries, sizeof entries);
    uc_x86_mmr gdtr = {.base = X86_DESCRIPTORS, .limit = sizeof entries - 1};
    bool fine = uc_reg_write(m->cpu, UC_X86_REG_GDTR, &gdtr) == UC_ERR_OK;
    load_segment(m, UC_X86_REG_CS, CODE);
    load_segment(m, UC_X86_REG_SS, STACK);
    load_segment(m, UC_X86_REG_DS, DATA);
    load_segment(m, UC_X86_REG_ES, DATA);
    set_block(m, 0);
    return fine;
}

static void birth(machine *m, uc_context *context, uint64_t block)
{
    set_block(m, block);
    uc_context_save(m->cpu, context);
    set_block(m, m->threads[m->current].block);
}

static uint64_t handler(machine *m, int vector)
{
    uint8_t b[8];
    return trap_gate(m, vector, b, sizeof b) ? b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[6] << 16 | (uint32_t)b[7] << 24
                                             : 0;
}

static bool push_frame(machine *m, uint64_t pc, bool has_error, uint64_t error)
{
    enum { VIRTUAL_8086 = 0x20000 };
    uint32_t sp = (uint32_t)cpu_get(m, UC_X86_REG_ESP), flags = (uint32_t)cpu_get(m, UC_X86_REG_EFLAGS);
    uint32_t frame[4] = {(uint32_t)error, (uint32_t)pc, CODE, flags};
    size_t skip = has_error ? 0 : 1;
    size_t size = sizeof frame - skip * sizeof frame[0];
    uint32_t top = sp - (uint32_t)size;
    cpu_set(m, UC_X86_REG_ESP, top);
    return !(flags & VIRTUAL_8086) && memory_write(m, top, frame + skip, size); /* it has no task to return to */
}

const arch arch_x86 = {
    .mode = UC_MODE_32,
    .image = IMAGE_X86,
    .word = 4,
    .general = general,
    .general_count = 8,
    .pc = UC_X86_REG_EIP,
    .call = {0, 1, 2, 3, 6}, /* EAX, ECX, EDX, EBX, ESI */
    .window_shift = X86_WINDOW_SHIFT,
    .clock_page = X86_CLOCK_PAGE,
    .system_base = X86_SYSTEM_BASE,
    .system_size = X86_SYSTEM_SIZE,
    .driver_base = X86_DRIVER_BASE,
    .driver_size = X86_DRIVER_SIZE,
    .pool_base = X86_POOL_BASE,
    .stack_first = X86_STACK_FIRST,
    .arena_size = X86_ARENA_SIZE,
    .arena_system = X86_ARENA_SYSTEM,
    .system_first = X86_SYSTEM_FIRST,
    .library_first = X86_LIBRARY_FIRST,
    .trusted_first = X86_TRUSTED_FIRST,
    .image_first = X86_IMAGE_FIRST,
    .image_slot = X86_IMAGE_SLOT,
    .image_space = X86_IMAGE_FIRST + X86_IMAGE_SLOT - X86_DRIVER_BASE,
    .slots_descend = true,
    .start = start,
    .birth = birth,
    .resume = resume,
    .take_segments = take_segments,
    .lend_segments = lend_segments,
    .operation = operation_handler_x86,
    .handler = handler,
    .push_frame = push_frame,
};
