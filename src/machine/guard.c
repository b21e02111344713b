/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.c - Unicorn aborts the process when its translator meets certain undefined instructions (a far call through a
 * register, a locked instruction that takes no lock). A guest must not be able to do that: the abort is caught, a new
 * processor takes over at the block that could not be translated, and runs up to the instruction in question, which is
 * an invalid opcode as on any processor.
 *
 * The abort happens between instructions, in the translator, which touches nothing of the guest's state. What it says
 * about it on stderr is not for our users.
 */
#include "core.h"

#include <setjmp.h>
#include <signal.h>

#include <Zydis/Zydis.h>

static sigjmp_buf escape;
static volatile sig_atomic_t armed;
static bool started; /* Unicorn runs */
static FILE *nowhere, *messages;

static void on_abort(int number)
{
    if (armed) {
        siglongjmp(escape, 1);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void install(void)
{
    struct sigaction action = {.sa_handler = on_abort, .sa_flags = SA_NODEFER};
    if (!messages) {
        messages = stderr;
        nowhere = fopen("/dev/null", "w");
        sigaction(SIGABRT, &action, NULL);
    }
}

void guard_off(void)
{
    armed = 0;
    if (messages) {
        stderr = messages;
    }
}

void guard_on(void)
{
    if (started) {
        stderr = nowhere ? nowhere : messages;
        armed = 1;
    }
}

bool guard_start(machine *m, uint64_t pc, uint64_t until, uc_err *error)
{
    *error = UC_ERR_OK;
    install();
    if (sigsetjmp(escape, 0)) {
        guard_off();
        started = false;
        return false;
    }
    started = true;
    guard_on();
    *error = uc_emu_start(m->cpu, pc, until, 0, 0);
    guard_off();
    started = false;
    return true;
}

/* The bytes from `address` to the end of what is mapped, at most a long block's. */
static size_t code_at(machine *m, uint64_t address, const uint8_t **code)
{
    enum { LONG_BLOCK = 8192 };
    window *w = window_of(m, address);
    uint64_t offset = w ? address - w->base : 0;
    *code = w ? w->host + offset : NULL;
    return !w ? 0 : w->size - offset < LONG_BLOCK ? (size_t)(w->size - offset) : LONG_BLOCK;
}

uint64_t guard_undefined(machine *m, uint64_t address)
{
    const uint8_t *code;
    size_t size = code_at(m, address, &code), at = 0;
    ZydisDecoder decoder;
    ZydisDecodedInstruction instruction;
    if (m->arch->word == 8) {
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    } else {
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    }
    while (ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, NULL, code + at, size - at, &instruction))) {
        at += instruction.length;
    }
    return address + at;
}
