/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stacks_test.c - guest.exe runs on an emulated processor; at every single instruction its stack is walked and compared
 * with the calls that were really made. Then names for what was seen, and stacks that make no sense.
 */
#include "symbols.h"
#include "unwind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include <cmocka.h>

enum { STACK_SIZE = 0x200000, DEPTH_MAX = 64, FRAMES_MAX = 64 };

#define STACK_TOP  0xfffff88001200000u
#define IMAGE_BASE 0xfffff88007990000u

static image *guest;

static int open_guest(void **state)
{
    (void)state;
    return image_read_file(GUEST, &guest) == IMAGE_OK ? 0 : -1;
}

static int close_guest(void **state)
{
    (void)state;
    image_close(guest);
    return 0;
}

static uint64_t address_of(const char *name)
{
    const image_symbol *all;
    size_t count = image_symbols(guest, &all);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].name, name) == 0)
            return IMAGE_BASE + all[i].rva;
    }
    fail_msg("%s has no symbol %s", GUEST, name);
    return 0;
}

/* Walking at every instruction ------------------------------------------------------------ */

typedef struct {
    uc_engine *cpu;
    uint64_t returns[DEPTH_MAX]; /* what the calls really pushed, outermost first */
    size_t depth;
    size_t deepest;
    uint64_t trap_begins, handler, trap_returns, trap_ends;
    bool unruly; /* between stacks */
    size_t walks;
    bool traps_seen;
    symbol_place *places; /* of every frame of every walk */
    size_t place_count;
} run;

static size_t read_guest(void *context, uint64_t address, void *buffer, size_t size)
{
    return uc_mem_read(context, address, buffer, size) == UC_ERR_OK ? size : 0;
}

static bool find_guest(void *context, uint64_t address, unwind_module *module)
{
    (void)context;
    *module = (unwind_module){guest, IMAGE_BASE};
    return address >= IMAGE_BASE && address - IMAGE_BASE < image_size(guest);
}

static machine_registers registers_of(uc_engine *cpu)
{
    machine_registers r = {0};
    static const int ids[] = {UC_X86_REG_RIP, UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RBX, UC_X86_REG_RSI,
                              UC_X86_REG_RDI, UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15};
    uint64_t *fields[] = {&r.rip, &r.rsp, &r.rbp, &r.rbx, &r.rsi, &r.rdi, &r.r12, &r.r13, &r.r14, &r.r15};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        uc_reg_read(cpu, ids[i], fields[i]);
    return r;
}

static void remember(run *r, const unwind_frame *frame)
{
    r->places = realloc(r->places, (r->place_count + 1) * sizeof *r->places);
    r->places[r->place_count++] = (symbol_place){frame->img, frame->rva, frame->call};
}

static void check_walk(run *r, uint64_t pc)
{
    unwind_source source = {MACHINE_X64, read_guest, find_guest, r->cpu};
    machine_registers start = registers_of(r->cpu);
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    start.rip = pc;
    unwind_end end = unwind_walk(&source, &start, frames, FRAMES_MAX, &count);
    if (end != UNWIND_COMPLETE || count != r->depth + 1)
        fail_msg("at rva %llx: %s after %zu frames, want %zu", (unsigned long long)(pc - IMAGE_BASE),
                 unwind_end_text(end), count, r->depth + 1);
    for (size_t i = 0; i < count; i++) {
        uint64_t want = i < r->depth ? r->returns[r->depth - 1 - i] : 0;
        if (frames[i].return_address != want)
            fail_msg("at rva %llx: frame %zu returns to %llx, want %llx", (unsigned long long)(pc - IMAGE_BASE), i,
                     (unsigned long long)frames[i].return_address, (unsigned long long)want);
        if (frames[i].trap_frame != 0) {
            assert_true(frames[i].pc >= r->handler && frames[i].pc < r->trap_returns);
            assert_false(frames[i + 1].call);
            r->traps_seen = true;
        }
        remember(r, &frames[i]);
    }
    r->walks++;
}

static void push(run *r, uint64_t return_address)
{
    assert_true(r->depth < DEPTH_MAX);
    r->returns[r->depth++] = return_address;
    if (r->depth > r->deepest)
        r->deepest = r->depth;
}

/* Keeps the true list of calls, one instruction ahead. */
static void follow(run *r, uint64_t pc, const uint8_t *code, uint32_t size)
{
    if (code[0] == 0xe8 || (code[0] == 0xff && ((code[1] >> 3) & 7) == 2))
        push(r, pc + size);
    else if (code[0] == 0xc3 && r->depth > 0)
        r->depth--;
}

static void each_instruction(uc_engine *cpu, uint64_t pc, uint32_t size, void *context)
{
    run *r = context;
    uint8_t code[16] = {0};
    assert_int_equal(uc_mem_read(cpu, pc, code, size), UC_ERR_OK);
    if (pc == r->trap_begins + 3) /* the instruction that leaves the stack is still before its effect */
        r->unruly = true;
    if (pc == r->handler) {
        push(r, r->trap_ends);
        r->unruly = false;
    }
    if (pc == r->trap_returns)
        r->unruly = true;
    if (pc == r->trap_ends) {
        r->depth--;
        r->unruly = false;
    }
    if (!r->unruly)
        check_walk(r, pc);
    follow(r, pc, code, size);
}

static void load_guest(uc_engine *cpu)
{
    uint8_t *bytes = malloc(image_size(guest));
    uint64_t zero = 0;
    assert_int_equal(image_layout(guest, IMAGE_BASE, 0, bytes), IMAGE_OK);
    assert_int_equal(uc_mem_map(cpu, IMAGE_BASE, image_size(guest), UC_PROT_ALL), UC_ERR_OK);
    assert_int_equal(uc_mem_write(cpu, IMAGE_BASE, bytes, image_size(guest)), UC_ERR_OK);
    assert_int_equal(uc_mem_map(cpu, STACK_TOP - STACK_SIZE, STACK_SIZE, UC_PROT_ALL), UC_ERR_OK);
    assert_int_equal(uc_mem_write(cpu, STACK_TOP - 0x48, &zero, sizeof zero), UC_ERR_OK);
    free(bytes);
}

static void run_guest(run *r)
{
    uc_hook hook;
    uint64_t sp = STACK_TOP - 0x48;
    memset(r, 0, sizeof *r);
    assert_int_equal(uc_open(UC_ARCH_X86, UC_MODE_64, &r->cpu), UC_ERR_OK);
    load_guest(r->cpu);
    r->trap_begins = address_of("TrapBegins");
    r->handler = address_of("Handler");
    r->trap_returns = address_of("TrapReturns");
    r->trap_ends = address_of("TrapEnds");
    uc_reg_write(r->cpu, UC_X86_REG_RSP, &sp);
    uc_hook_add(r->cpu, &hook, UC_HOOK_CODE, (void *)(uintptr_t)each_instruction, r, 1, 0);
    uc_err error = uc_emu_start(r->cpu, address_of("Start"), 0, 0, 100000);
    /* the first frame returns to 0, where nothing is */
    assert_int_equal(error, UC_ERR_OK);
    uc_close(r->cpu);
}

static void every_instruction_of_every_kind_of_frame(void **state)
{
    (void)state;
    run r;
    run_guest(&r);
    assert_true(r.walks > 200);
    assert_true(r.deepest >= 7);
    assert_true(r.traps_seen);
    free(r.places);
}

/* Names ------------------------------------------------------------ */

static bool is_named(symbols *s, const run *r, const char *text)
{
    for (size_t i = 0; i < r->place_count; i++) {
        if (strcmp(symbols_at(s, r->places[i])->text, text) == 0)
            return true;
    }
    return false;
}

static const symbol *find_line(symbols *s, const run *r, const char *function, const char *excerpt)
{
    static char line[512];
    for (size_t i = 0; i < r->place_count; i++) {
        const symbol *name = symbols_at(s, r->places[i]);
        if (name->function == NULL || strcmp(name->function, function) != 0 || name->file == NULL)
            continue;
        FILE *source = fopen(name->file, "r");
        for (uint32_t n = 0; source != NULL && n < name->line && fgets(line, sizeof line, source) != NULL; n++)
            continue;
        if (source != NULL)
            fclose(source);
        if (strstr(line, excerpt) != NULL)
            return name;
    }
    return NULL;
}

static void check_names(symbols *s, const run *r, bool lines)
{
    static const char *const starts[] = {"guest!Leaf",      "guest!Saves",    "guest!LargeFrame", "guest!HugeFrame",
                                         "guest!Dynamic",   "guest!TailCall", "guest!Recursive",  "guest!Outer",
                                         "guest!Main",      "guest!Start",    "guest!Assembly",   "guest!Split",
                                         "guest!Described", "guest!Trapping", "guest!Handler",    "guest!Start+0x9"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (!is_named(s, r, starts[i]))
            fail_msg("%s: not among the names", starts[i]);
    }
    assert_int_equal(find_line(s, r, "Leaf", "Value * 3") != NULL, lines);
    assert_int_equal(find_line(s, r, "Outer", "Saves(Value) ^ Leaf(Value)") != NULL, lines);
    assert_int_equal(find_line(s, r, "TailCall", "Sink = Leaf") != NULL, lines);
}

static void names_and_lines(void **state)
{
    (void)state;
    run r;
    symbols *s = symbols_create();
    run_guest(&r);
    symbols_resolve(s, r.places, r.place_count);
    assert_null(symbols_note(s));
    check_names(s, &r, true);
    symbols_destroy(s);
    free(r.places);
}

/* An image that has no file: its bytes are handed to the symbolizer in memory. */
static void names_and_lines_from_memory(void **state)
{
    (void)state;
    size_t size;
    const void *bytes = image_bytes(guest, &size);
    image *copy = NULL;
    symbols *s = symbols_create();
    symbol_place place = {guest, (uint32_t)(address_of("Leaf") - IMAGE_BASE), false};
    assert_int_equal(image_open("guest.exe", bytes, size, &copy), IMAGE_OK);
    const symbol *by_path = symbols_at(s, place);
    place.img = copy;
    const symbol *by_memory = symbols_at(s, place);
    assert_non_null(by_memory->file);
    assert_string_equal(by_memory->text, "guest!Leaf");
    assert_string_equal(by_memory->file, by_path->file);
    assert_int_equal(by_memory->line, by_path->line);
    symbols_destroy(s);
    image_close(copy);
}

/* Neither .pdata nor COFF symbols know the leaf function: its extent must come from the PDB alone. */
static void names_from_a_pdb(void **state)
{
    (void)state;
#ifdef PDB_LIBRARY
    image *library = NULL;
    symbols *s = symbols_create();
    bool leaf_seen = false;
    assert_int_equal(image_read_file(PDB_LIBRARY, &library), IMAGE_OK);
    for (uint32_t rva = 0x1000; rva < 0x1080; rva++) {
        const symbol *name = symbols_at(s, (symbol_place){library, rva, false});
        if (name->function != NULL && strcmp(name->function, "LeafOfPdb") == 0 && name->file != NULL) {
            assert_int_equal(name->offset, rva % 16);
            leaf_seen = true;
        }
    }
    assert_true(leaf_seen);
    assert_string_equal(symbols_at(s, (symbol_place){library, 0x1000, false})->text, "pdb!EntryOfPdb");
    assert_string_equal(symbols_kind(s, library), "PDB");
    assert_string_equal(symbols_kind(s, guest), "DWARF");
    assert_null(symbols_note(s));
    symbols_destroy(s);
    image_close(library);
#else
    skip();
#endif
}

static void names_without_a_symbolizer(void **state)
{
    (void)state;
    run r;
    symbols *s = symbols_create();
    run_guest(&r);
    setenv("LLVM_SYMBOLIZER_PATH", "/nonexistent/llvm-symbolizer", 1);
    symbols_resolve(s, r.places, r.place_count);
    assert_non_null(strstr(symbols_note(s), "not installed"));
    check_names(s, &r, false);
    symbols_destroy(s);

    s = symbols_create();
    setenv("LLVM_SYMBOLIZER_PATH", "/bin/true", 1);
    symbols_resolve(s, r.places, r.place_count);
    assert_non_null(strstr(symbols_note(s), "did not answer"));
    check_names(s, &r, false);
    unsetenv("LLVM_SYMBOLIZER_PATH");
    symbols_destroy(s);
    free(r.places);
}

static void places_outside_of_functions(void **state)
{
    (void)state;
    symbols *s = symbols_create();
    const symbol *headers = symbols_at(s, (symbol_place){guest, 0x10, false});
    assert_string_equal(headers->text, "guest+0x10");
    assert_null(headers->function);
    assert_string_equal(symbols_at(s, (symbol_place){guest, 0xfffffff0, false})->text, "guest+0xfffffff0");
    symbols_destroy(s);
}

static void module_names(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"NTOSKRNL.EXE", "nt"}, {"fault-f1.sys", "fault_f1"}, {"Isolate.v2.sys", "isolate_v2"}, {"hal.dll", "hal"}};
    size_t size;
    const void *bytes = image_bytes(guest, &size);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        image *img = NULL;
        char name[32];
        assert_int_equal(image_open(names[i][0], bytes, size, &img), IMAGE_OK);
        symbols_module_name(img, name, sizeof name);
        assert_string_equal(name, names[i][1]);
        image_close(img);
    }
}

/* Stacks that make no sense ------------------------------------------------------------ */

typedef struct {
    uint64_t words[512];
    size_t readable; /* words */
} fake_stack;

static size_t read_fake(void *context, uint64_t address, void *buffer, size_t size)
{
    fake_stack *stack = context;
    uint64_t offset = address - STACK_TOP;
    if (offset > stack->readable * 8 || stack->readable * 8 - offset < size)
        return 0;
    memcpy(buffer, (const uint8_t *)stack->words + offset, size);
    return size;
}

static unwind_end walk_fake(fake_stack *stack, uint64_t pc, unwind_frame *frames, size_t *count)
{
    unwind_source source = {MACHINE_X64, read_fake, find_guest, stack};
    machine_registers start = {.rip = pc, .rsp = STACK_TOP, .rbp = STACK_TOP + 0x100};
    return unwind_walk(&source, &start, frames, FRAMES_MAX, count);
}

static void jump_into_nowhere(void **state)
{
    (void)state;
    static fake_stack stack = {.readable = 512};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    stack.words[0] = address_of("Start") + 9;
    assert_int_equal(walk_fake(&stack, 0x1234, frames, &count), UNWIND_COMPLETE);
    assert_int_equal(count, 2);
    assert_null(frames[0].img);
    assert_true(frames[0].return_address == stack.words[0]);
    assert_int_equal(frames[1].rva, address_of("Start") + 9 - IMAGE_BASE);
}

static void return_into_nowhere(void **state)
{
    (void)state;
    static fake_stack stack = {.readable = 512};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    stack.words[0] = 0x1234;
    assert_int_equal(walk_fake(&stack, address_of("Leaf"), frames, &count), UNWIND_NO_MODULE);
    assert_int_equal(count, 2);
    assert_true(frames[1].pc == 0x1234);
}

static void stack_that_ends(void **state)
{
    (void)state;
    static fake_stack stack = {.readable = 0};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    assert_int_equal(walk_fake(&stack, address_of("Leaf"), frames, &count), UNWIND_UNREADABLE);
    assert_int_equal(count, 1);
    assert_int_equal(frames[0].return_address, 0);
}

static void leaf_that_calls(void **state)
{
    (void)state;
    static fake_stack stack = {.readable = 512};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    stack.words[0] = IMAGE_BASE + 0x800; /* in the image, but in no function */
    assert_int_equal(walk_fake(&stack, address_of("Leaf"), frames, &count), UNWIND_NO_DATA);
    assert_int_equal(count, 2);
}

/* Whatever lies on the stack, the walk ends and goes up. */
static void random_stacks(void **state)
{
    (void)state;
    static fake_stack stack = {.readable = 512};
    unwind_frame frames[FRAMES_MAX];
    size_t count;
    uint64_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < 512; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint64_t rva = (seed >> 33) % image_size(guest);
            stack.words[i] = seed >> 62 == 0 ? STACK_TOP + rva % 4096 : IMAGE_BASE + 0x1000 + rva % 0x400;
        }
        unwind_end end = walk_fake(&stack, IMAGE_BASE + 0x1000 + (seed >> 40) % 0x400, frames, &count);
        assert_true(count >= 1 && count <= FRAMES_MAX);
        assert_string_not_equal(unwind_end_text(end), "unknown end");
        for (size_t i = 1; i < count; i++)
            assert_true(frames[i - 1].trap_frame != 0 || frames[i].child_sp > frames[i - 1].child_sp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_of_every_kind_of_frame),
        cmocka_unit_test(names_and_lines),
        cmocka_unit_test(names_and_lines_from_memory),
        cmocka_unit_test(names_from_a_pdb),
        cmocka_unit_test(names_without_a_symbolizer),
        cmocka_unit_test(places_outside_of_functions),
        cmocka_unit_test(module_names),
        cmocka_unit_test(jump_into_nowhere),
        cmocka_unit_test(return_into_nowhere),
        cmocka_unit_test(stack_that_ends),
        cmocka_unit_test(leaf_that_calls),
        cmocka_unit_test(random_stacks),
    };
    return cmocka_run_group_tests(tests, open_guest, close_guest);
}
