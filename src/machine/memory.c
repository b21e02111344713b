/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - guest memory: windows of reserved host memory, page states, allocation.
 *
 * Every pool block has pages of its own, ends at a page end, and is followed by a guard page: overruns and use after free
 * are caught at the instruction. No address is used twice in an execution. A thread allocates from its own arena, so that
 * allocations of two threads commute.
 */
#include "core.h"

#include <stdlib.h>
#include <sys/mman.h>

static void *reserve(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static bool window_create(machine *m, uint8_t number, uint64_t base, uint64_t size)
{
    window *w = &m->windows[number];
    for (uint64_t at = base >> m->window_shift; at <= (base + size - 1) >> m->window_shift; at++) {
        m->window_at[at & 255] = w;
    }
    w->base = base;
    w->size = size;
    w->host = reserve(size + PAGE_BYTES); /* slack: the journal reads whole words */
    w->page = reserve((size >> PAGE_SHIFT) + 16);
    w->kind = reserve((size >> PAGE_SHIFT) + 16);
    w->shadow = reserve((size >> 2) * sizeof *w->shadow);
    w->block = reserve((size >> PAGE_SHIFT) * sizeof *w->block);
    w->code = reserve((size >> PAGE_SHIFT) * sizeof *w->code);
    return w->code && w->host && w->page && w->kind && w->shadow && w->block;
}

bool memory_map(machine *m)
{
    for (window *w = m->windows + WINDOW_NONE + 1; w < m->windows + WINDOWS; w++) {
        if (uc_mem_map_ptr(m->cpu, w->base, w->size, UC_PROT_ALL, w->host) != UC_ERR_OK) {
            return false;
        }
    }
    return true;
}

bool memory_create(machine *m)
{
    const arch *a = m->arch;
    m->window_shift = a->window_shift;
    for (size_t i = 0; i < sizeof m->window_at / sizeof m->window_at[0]; i++) {
        m->window_at[i] = &m->windows[WINDOW_NONE];
    }
    return window_create(m, WINDOW_SYSTEM, a->system_base, a->system_size) &&
           window_create(m, WINDOW_DRIVER, a->driver_base, a->driver_size) &&
           window_create(m, WINDOW_POOL, a->pool_base, MACHINE_THREADS * a->arena_size + COMMON_ARENA) &&
           window_create(m, WINDOW_CLOCK, a->clock_page, PAGE_BYTES) && memory_map(m);
}

static void release(void *p, size_t size)
{
    if (p) {
        munmap(p, size);
    }
}

void memory_destroy(machine *m)
{
    for (int i = WINDOW_NONE + 1; i < WINDOWS; i++) {
        window *w = &m->windows[i];
        release(w->host, w->size + PAGE_BYTES);
        release(w->page, (w->size >> PAGE_SHIFT) + 16);
        release(w->kind, (w->size >> PAGE_SHIFT) + 16);
        release(w->shadow, (w->size >> 2) * sizeof *w->shadow);
        release(w->block, (w->size >> PAGE_SHIFT) * sizeof *w->block);
        release(w->code, (w->size >> PAGE_SHIFT) * sizeof *w->code);
    }
}

uint8_t *memory_host(machine *m, uint64_t address, size_t size, uint8_t need)
{
    window *w = window_of(m, address);
    if (!w || size > w->size || address - w->base > w->size - size) {
        return NULL;
    }
    uint64_t offset = address - w->base;
    for (uint64_t page = offset >> PAGE_SHIFT; page <= (offset + (size ? size - 1 : 0)) >> PAGE_SHIFT; page++) {
        if ((w->page[page] & need) != need) {
            return NULL;
        }
    }
    return w->host + offset;
}

bool memory_write(machine *m, uint64_t address, const void *bytes, size_t size)
{
    uint8_t *at = memory_host(m, address, size, PAGE_W);
    if (!at) {
        return false;
    }
    journal_bytes(m, at, size);
    memcpy(at, bytes, size);
    m->soft_stale |= m->soft_count != 0;
    return true;
}

void memory_set_pages(machine *m, uint64_t address, uint64_t size, uint8_t bits, uint8_t kind)
{
    window *w = window_of(m, address);
    uint64_t first = (address - w->base) >> PAGE_SHIFT, count = PAGE_UP(size) >> PAGE_SHIFT;
    journal_bytes(m, w->page + first, count);
    journal_bytes(m, w->kind + first, count);
    bool code = false;
    for (uint64_t i = first; i < first + count; i++) {
        w->page[i] = (uint8_t)(bits | (w->page[i] & PAGE_SHARED));
        w->kind[i] = kind;
        code |= w->code[i] != NULL;
    }
    if (code) {
        interpret_know_again(m);
    }
    if (w == &m->windows[WINDOW_DRIVER]) { /* maybe of a stack */
        m->near_room = 0;
    }
    look_again(m);
}

enum hv_page_kind memory_kind(machine *m, uint64_t address)
{
    window *w = window_of(m, address);
    return w ? (enum hv_page_kind)w->kind[(address - w->base) >> PAGE_SHIFT] : HV_PAGE_NONE;
}

/* Allocation ------------------------------------------------------------------------------------------------------- */

static uint64_t arena_of(const machine *m, uint32_t number)
{
    return m->arch->pool_base + number * m->arch->arena_size;
}

static uint64_t allocate_system(machine *m, thread *t, uint32_t number, uint64_t size)
{
    uint64_t need = (size + 15) & ~15ull;
    if (need > m->arch->arena_system - t->arena_system) {
        return 0;
    }
    uint64_t address = arena_of(m, number) + t->arena_system;
    CHANGE(m, t->arena_system, t->arena_system + need);
    uint64_t first = address & ~(uint64_t)(PAGE_BYTES - 1), end = PAGE_UP(address + need);
    memory_set_pages(m, first, end - first, PAGE_R | PAGE_W, HV_PAGE_VALID);
    memset(memory_host(m, address, need, PAGE_W), 0, need);
    return address;
}

static uint64_t take_pages(machine *m, thread *t, uint32_t number, uint64_t bytes)
{
    if (bytes <= m->arch->arena_size - m->arch->arena_system - t->arena_pool) {
        uint64_t address = arena_of(m, number) + m->arch->arena_system + t->arena_pool;
        CHANGE(m, t->arena_pool, t->arena_pool + bytes);
        return address;
    }
    if (bytes <= COMMON_ARENA - m->v.common_arena) {
        uint64_t address = arena_of(m, MACHINE_THREADS) + m->v.common_arena;
        CHANGE(m, m->v.common_arena, m->v.common_arena + bytes);
        return address;
    }
    return 0;
}

static uint64_t allocate_pool(machine *m, thread *t, uint32_t number, uint64_t size)
{
    uint64_t used = PAGE_UP(size ? size : 1);
    uint64_t pages = take_pages(m, t, number, used + PAGE_BYTES);
    if (!pages) {
        return 0;
    }
    memory_set_pages(m, pages, used, PAGE_R | PAGE_W | PAGE_X | PAGE_SPECIAL, HV_PAGE_VALID);
    memory_set_pages(m, pages + used, PAGE_BYTES, 0, HV_PAGE_GUARD);
    /* Blocks of a page or more start at a page, as the real pool's do; smaller ones end as near to the guard as their
     * alignment allows. */
    uint64_t address = size >= PAGE_BYTES ? pages : pages + used - ((size + 15) & ~15ull);
    if (!size) {
        size = 16;
        address = pages + used - 16;
    }
    window *w = &m->windows[WINDOW_POOL];
    uint64_t last = (address + (size ? size - 1 : 0) - w->base) >> PAGE_SHIFT;
    w->block[last].first = (uint16_t)(address >> PAGE_SHIFT == (w->base >> PAGE_SHIFT) + last ? address & 0xfff : 0);
    w->block[last].end = (uint16_t)(((address + size - 1) & 0xfff) + 1);
    if (w->block[last].first != 0 || w->block[last].end != PAGE_BYTES) {
        w->page[last] |= PAGE_PARTIAL;
    }
    memset(memory_host(m, address, size, PAGE_W), POISON_ALLOCATED, size);
    return address;
}

static bool is_of_block(const window *w, uint64_t page)
{
    return page < w->size >> PAGE_SHIFT && (w->kind[page] == HV_PAGE_VALID || w->kind[page] == HV_PAGE_FREED);
}

/* The block that starts at `address`: its pages, 0 = no block starts there. */
static uint64_t block_pages(window *w, uint64_t address)
{
    uint64_t page = (address - w->base) >> PAGE_SHIFT, pages = 0;
    while (is_of_block(w, page + pages)) {
        pages++;
    }
    return pages;
}

static bool is_block_start(const window *w, uint64_t address)
{
    uint64_t page = (address - w->base) >> PAGE_SHIFT;
    if (page && w->kind[page - 1] == HV_PAGE_VALID) {
        return false; /* inside a block of several pages */
    }
    return (w->page[page] & PAGE_PARTIAL) && w->kind[page + 1] == HV_PAGE_GUARD
               ? w->block[page].first == (address & 0xfff)
               : (address & 0xfff) == 0;
}

static bool in_system_arena(const machine *m, uint64_t address)
{
    uint64_t offset = address - m->arch->pool_base;
    return offset < MACHINE_THREADS * m->arch->arena_size && offset % m->arch->arena_size < m->arch->arena_system;
}

static uint32_t free_stack(machine *m, uint64_t address)
{
    window *w = &m->windows[WINDOW_DRIVER];
    uint64_t page = (address - w->base) >> PAGE_SHIFT, pages = 0;
    while (w->page[page + pages] & PAGE_STACK) {
        pages++;
    }
    if (!pages || (address & 0xfff) || w->kind[page - 1] != HV_PAGE_GUARD) { /* a stack goes as a whole */
        return HV_FREE_BAD_ADDRESS;
    }
    memory_set_pages(m, address, pages * PAGE_BYTES, 0, HV_PAGE_STACK_FREED);
    return HV_FREE_OK;
}

uint32_t memory_free(machine *m, uint64_t address)
{
    window *w = window_of(m, address);
    if (w == &m->windows[WINDOW_DRIVER]) {
        return free_stack(m, address);
    }
    if (w != &m->windows[WINDOW_POOL] || (address & 7)) {
        return HV_FREE_BAD_ADDRESS;
    }
    uint64_t page = (address - w->base) >> PAGE_SHIFT;
    if (w->kind[page] == HV_PAGE_FREED) {
        return HV_FREE_TWICE;
    }
    uint64_t pages = block_pages(w, address);
    if (!pages || !is_block_start(w, address) || in_system_arena(m, address)) {
        return HV_FREE_BAD_ADDRESS;
    }
    uint64_t end = w->base + ((page + pages - 1) << PAGE_SHIFT) +
                   ((w->page[page + pages - 1] & PAGE_PARTIAL) ? w->block[page + pages - 1].end : PAGE_BYTES);
    sharing_range(m, address, end - address, true);
    memory_set_pages(m, address & ~0xfffull, pages << PAGE_SHIFT, 0, HV_PAGE_FREED);
    return HV_FREE_OK;
}

/* Whole pages; HV_SYSTEM or pool memory (guests use it for read-only system structures). */
uint32_t memory_protect(machine *m, uint64_t address, uint64_t size, uint32_t access)
{
    window *w = window_of(m, address);
    if (!w || (address & 0xfff) || !size || !memory_host(m, address, size, 0)) {
        return 1;
    }
    uint8_t bits = (uint8_t)((access & 1 ? PAGE_R : 0) | (access & 2 ? PAGE_W : 0));
    memory_set_pages(m, address, size, bits, access & 2 ? HV_PAGE_VALID : HV_PAGE_READ_ONLY);
    return 0;
}

bool machine_block_at(const machine *m, uint64_t address, uint64_t *start, uint64_t *size)
{
    const window *w = &m->windows[WINDOW_POOL];
    if (address - w->base >= w->size || in_system_arena(m, address)) {
        return false;
    }
    uint64_t first = (address - w->base) >> PAGE_SHIFT, end = first;
    while (first && is_of_block(w, first - 1)) {
        first--;
    }
    while (is_of_block(w, end)) {
        end++;
    }
    if (end == (address - w->base) >> PAGE_SHIFT) {
        return false;
    }
    *start = w->base + (first << PAGE_SHIFT) + (end - first == 1 ? w->block[first].first : 0);
    uint64_t last_bytes = w->block[end - 1].end ? w->block[end - 1].end : PAGE_BYTES;
    *size = w->base + ((end - 1) << PAGE_SHIFT) + last_bytes - *start;
    return true;
}

uint32_t machine_stack_owner(const machine *m, uint64_t address)
{
    uint64_t owner = (address - m->arch->stack_first) / STACK_SLOT;
    return address >= m->arch->stack_first && owner < MACHINE_THREADS ? (uint32_t)owner : 0;
}

/* The stack of the thread that the current one creates next; the slot's first pages stay guards. */
static uint64_t allocate_stack(machine *m, uint64_t size)
{
    uint32_t child = thread_next_number(m);
    uint64_t bytes = PAGE_UP(size);
    if (!child || !bytes || bytes > STACK_SLOT - PAGE_BYTES) {
        return 0;
    }
    uint64_t top = m->arch->stack_first + (child + 1) * STACK_SLOT - PAGE_BYTES;
    if (memory_kind(m, top - 1) != HV_PAGE_NONE) {
        return 0;
    }
    memory_set_pages(m, top - bytes, bytes, PAGE_R | PAGE_W | PAGE_STACK, HV_PAGE_VALID);
    memory_set_pages(m, top - bytes - PAGE_BYTES, PAGE_BYTES, 0, HV_PAGE_GUARD);
    return top - bytes;
}

uint64_t memory_allocate(machine *m, uint64_t size, uint32_t memory_kind)
{
    thread *t = &m->threads[m->current];
    if (size > COMMON_ARENA) {
        return 0;
    }
    switch (memory_kind) {
    case HV_POOL: return allocate_pool(m, t, m->current, size);
    case HV_STACK: return allocate_stack(m, size);
    case HV_SYSTEM: return allocate_system(m, t, m->current, size);
    default: return 0;
    }
}
