/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * windbg.c - a bug check, a trap frame and a thread as WinDbg's `!analyze -v`, `.trap` and `!thread` print them. Lines
 * whose contents the lab does not know (quotas, tick counts) are left out rather than invented.
 */
#include <inttypes.h>

#include "bugchecks.h"
#include "ntstatus.h"
#include "parts.h"

void print_bugcheck(const printer *p, const report_bugcheck *bugcheck)
{
    char title[160], number[PRINT_NUMBER_SIZE], meaning[REPORT_ARGUMENT_SIZE];
    const char *explanation = report_bugcheck_explanation(bugcheck->code);
    snprintf(title, sizeof title, "%s (%x)", bugcheck->name ? bugcheck->name : report_bugcheck_name(bugcheck->code),
             bugcheck->code);
    print_tone_text(p, PRINT_BAD, title);
    fputc('\n', p->out);
    if (explanation)
        fprintf(p->out, "%s\n", explanation);
    fputs("Arguments:\n", p->out);
    for (size_t i = 0; i < 4; i++)
        fprintf(p->out, "Arg%zu: %s, %s\n", i + 1, print_plain_address(p, bugcheck->args[i], number),
                bugcheck->meaning[i] ? bugcheck->meaning[i]
                                     : report_bugcheck_argument(bugcheck->code, bugcheck->args, i, meaning));
}

static void print_source(const printer *p, const char *file, uint32_t line)
{
    if (file && line)
        fprintf(p->out, " [%s @ %" PRIu32 "]", file, line);
    else if (file)
        fprintf(p->out, " [%s]", file);
}

static const char *access_word(report_access access)
{
    static const char *const words[] = {"reference to", "read of", "write to", "execution of"};
    return words[access];
}

static void print_exception(const printer *p, const report_fault *fault)
{
    char status[REPORT_NTSTATUS_SIZE], number[PRINT_NUMBER_SIZE];
    if (fault->exception) {
        const char *meaning = report_ntstatus_meaning(fault->exception);
        fprintf(p->out, "EXCEPTION_CODE: %s%s%s\n", report_ntstatus_text(fault->exception, status),
                meaning ? " - " : "", meaning ? meaning : "");
    }
    if (fault->has_address)
        fprintf(p->out, "ACCESS: %s %s%s%s\n", access_word(fault->access), print_address(p, fault->address, number),
                fault->address_text ? " - " : "", fault->address_text ? fault->address_text : "");
}

static void print_faulting_ip(const printer *p, const report_fault *fault)
{
    char number[PRINT_NUMBER_SIZE];
    fprintf(p->out, "FAULTING_IP: %s", fault->symbol ? fault->symbol : print_address(p, fault->pc, number));
    print_source(p, fault->file, fault->line);
    if (fault->place)
        fprintf(p->out, "  (%s)", fault->place);
    fputc('\n', p->out);
}

/* The names that WinDbg gives the flags: clear, set. */
static void print_flags(const printer *p, uint32_t flags)
{
    static const struct {
        unsigned bit;
        const char *name[2];
    } names[] = {{11, {"nv", "ov"}}, {10, {"up", "dn"}}, {9, {"di", "ei"}}, {7, {"pl", "ng"}},
                 {6, {"nz", "zr"}},  {4, {"na", "ac"}},  {2, {"po", "pe"}}, {0, {"nc", "cy"}}};
    fprintf(p->out, "iopl=%u        ", (flags >> 12) & 3);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fprintf(p->out, " %s", names[i].name[(flags >> names[i].bit) & 1]);
    fputc('\n', p->out);
}

static void print_registers_x64(const printer *p, const report_registers *r)
{
    fprintf(p->out, "rax=%016" PRIx64 " rbx=%016" PRIx64 " rcx=%016" PRIx64 "\n", r->rax, r->rbx, r->rcx);
    fprintf(p->out, "rdx=%016" PRIx64 " rsi=%016" PRIx64 " rdi=%016" PRIx64 "\n", r->rdx, r->rsi, r->rdi);
    fprintf(p->out, "rip=%016" PRIx64 " rsp=%016" PRIx64 " rbp=%016" PRIx64 "\n", r->rip, r->rsp, r->rbp);
    fprintf(p->out, " r8=%016" PRIx64 "  r9=%016" PRIx64 " r10=%016" PRIx64 "\n", r->r8, r->r9, r->r10);
    fprintf(p->out, "r11=%016" PRIx64 " r12=%016" PRIx64 " r13=%016" PRIx64 "\n", r->r11, r->r12, r->r13);
    fprintf(p->out, "r14=%016" PRIx64 " r15=%016" PRIx64 "\n", r->r14, r->r15);
}

static void print_registers_x86(const printer *p, const report_registers *r)
{
    fprintf(p->out, "eax=%08x ebx=%08x ecx=%08x edx=%08x esi=%08x edi=%08x\n", (uint32_t)r->rax, (uint32_t)r->rbx,
            (uint32_t)r->rcx, (uint32_t)r->rdx, (uint32_t)r->rsi, (uint32_t)r->rdi);
    fprintf(p->out, "eip=%08x esp=%08x ebp=%08x\n", (uint32_t)r->rip, (uint32_t)r->rsp, (uint32_t)r->rbp);
}

static void print_trap_frame(const printer *p, const report_fault *fault)
{
    char frame[PRINT_NUMBER_SIZE], pc[PRINT_NUMBER_SIZE];
    if (fault->trap_frame)
        fprintf(p->out, "\nTRAP_FRAME:  %s -- (.trap 0x%s)\n", print_plain_address(p, fault->trap_frame, frame), frame);
    else
        fputs("\nREGISTERS:\n", p->out);
    if (fault->registers.partial)
        fputs(
            "NOTE: The trap frame does not contain all registers.\nSome register values may be zeroed or incorrect.\n",
            p->out);
    (p->narrow ? print_registers_x86 : print_registers_x64)(p, &fault->registers);
    print_flags(p, fault->registers.rflags);
    if (fault->symbol)
        fprintf(p->out, "%s:\n", fault->symbol);
    fprintf(p->out, "%s %s\n", print_address(p, fault->pc, pc), fault->instruction ? fault->instruction : "???");
}

void print_fault(const printer *p, const report_fault *fault)
{
    fputc('\n', p->out);
    print_exception(p, fault);
    print_faulting_ip(p, fault);
    if (fault->has_registers)
        print_trap_frame(p, fault);
}

static void print_frame(const printer *p, const report_frame *frame)
{
    char sp[PRINT_NUMBER_SIZE], back[PRINT_NUMBER_SIZE], site[PRINT_NUMBER_SIZE], trap[PRINT_NUMBER_SIZE];
    fprintf(p->out, "        %s %s ", print_address(p, frame->child_sp, sp),
            print_address(p, frame->return_address, back));
    for (size_t i = 0; i < 3 && frame->has_arguments; i++)
        fprintf(p->out, "%08" PRIx32 " ", frame->arguments[i]);
    if (frame->text)
        fputs(frame->text, p->out);
    else
        fprintf(p->out, "0x%s", print_address(p, frame->pc, site));
    if (frame->trap_frame)
        fprintf(p->out, " (TrapFrame @ %s)", print_address(p, frame->trap_frame, trap));
    print_source(p, frame->file, frame->line);
    fputc('\n', p->out);
    if (frame->doubtful)
        fputs("        WARNING: Stack unwind information not available. Following frames may be wrong.\n", p->out);
}

static void print_thread_state(const printer *p, const report_thread *thread)
{
    char a[PRINT_NUMBER_SIZE], b[PRINT_NUMBER_SIZE];
    fprintf(p->out, "THREAD %s  Cid %04x.%04x  Teb: %s Win32Thread: %s %s\n",
            print_plain_address(p, thread->kthread, a), thread->cid_process, thread->cid_thread,
            print_plain_address(p, 0, b), b, thread->state ? thread->state : "");
    if (thread->waits_for)
        fprintf(p->out, "            %s\n", thread->waits_for);
    fputs("        Not impersonating\n", p->out);
    if (thread->irql)
        fprintf(p->out, "        IRQL %" PRIu32 "%s%s\n", thread->irql, report_irql_name(thread->irql) ? " " : "",
                report_irql_name(thread->irql) ? report_irql_name(thread->irql) : "");
    if (thread->start_address)
        fprintf(p->out, "        Win32 Start Address %s (0x%s)\n", thread->start_symbol ? thread->start_symbol : "?",
                print_plain_address(p, thread->start_address, a));
    if (thread->stack_base) {
        fprintf(p->out, "        Base %s Limit %s", print_plain_address(p, thread->stack_base, a),
                print_plain_address(p, thread->stack_limit, b));
        if (thread->stack_current)
            fprintf(p->out, " Current %s", print_plain_address(p, thread->stack_current, a));
        fputc('\n', p->out);
    }
}

void print_thread(const printer *p, const report_thread *thread)
{
    print_thread_state(p, thread);
    if (thread->frame_count)
        fputs(p->narrow ? thread->frames[0].has_arguments ? "        ChildEBP RetAddr  Args to Child\n"
                                                          : "        ChildEBP RetAddr  Call Site\n"
                        : "        Child-SP          RetAddr           Call Site\n",
              p->out);
    for (size_t i = 0; i < thread->frame_count; i++)
        print_frame(p, &thread->frames[i]);
    if (thread->truncated)
        fputs("        (the stack could not be unwound further)\n", p->out);
}
