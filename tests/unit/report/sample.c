/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sample.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define QUEUES       "x:\\driver\\isolate\\workerqueue.cpp"
/* program counter, ChildSP, return address, text, module, file, line, trap frame */
#define FRAME(...)                     \
    {                                  \
        __VA_ARGS__, {0}, false, false \
    }
#define DRIVER "x:\\driver\\isolate\\driver.cpp"

static report_frame load_frames[] = {
    FRAME(0xfffff80002d65da5, 0xfffff88003195740, 0xfffff8800799b3e2, "nt!PsCreateSystemThread+0x125", "nt", NULL, 0,
          0),
    FRAME(0xfffff8800799b3e2, 0xfffff88003195830, 0xfffff8800799b6d8, "isolate!CreateQueue+0x62", "isolate", QUEUES,
          125, 0),
    FRAME(0xfffff8800799b6d8, 0xfffff88003195890, 0xfffff8800799c34a, "isolate!StartWorkerQueues+0x38", "isolate",
          QUEUES, 333, 0),
    FRAME(0xfffff8800799c34a, 0xfffff88003195970, 0xfffff80002eb32c7, "isolate!DriverEntry+0x72", "isolate", DRIVER, 43,
          0),
    FRAME(0xfffff80002eb32c7, 0xfffff880031959a0, 0xfffff80002eb36c5, "nt!IopLoadDriver+0xa07", "nt", NULL, 0, 0),
    FRAME(0xfffff80002eb36c5, 0xfffff88003195c70, 0xfffff80002ad8641, "nt!IopLoadUnloadDriver+0x55", "nt", NULL, 0, 0),
    FRAME(0xfffff80002ad8641, 0xfffff88003195cb0, 0xfffff80002d65e5a, "nt!ExpWorkerThread+0x111", "nt", NULL, 0, 0),
    FRAME(0xfffff80002d65e5a, 0xfffff88003195d40, 0xfffff80002abfd26, "nt!PspSystemThreadStartup+0x5a", "nt", NULL, 0,
          0),
    FRAME(0xfffff80002abfd26, 0xfffff88003195d80, 0, "nt!KiStartSystemThread+0x16", "nt", NULL, 0, 0),
};

static report_frame unload_frames[] = {
    FRAME(0xfffff80002acb000, 0xfffff8800317f7e8, 0xfffff80002e391c4, "nt!KeBugCheckEx", "nt", NULL, 0, 0),
    FRAME(0xfffff80002e391c4, 0xfffff8800317f7f0, 0xfffff80002df405d, NULL, NULL, NULL, 0, 0),
    FRAME(0xfffff80002afa06c, 0xfffff8800317f860, 0xfffff80002af9aed, "nt!__C_specific_handler+0x8c", "nt", NULL, 0, 0),
    FRAME(0xfffff80002af88c5, 0xfffff8800317f900, 0xfffff80002b09851, "nt!RtlDispatchException+0x415", "nt", NULL, 0,
          0),
    FRAME(0xfffff80002b09851, 0xfffff8800317ffe0, 0xfffff80002ace642, "nt!KiDispatchException+0x135", "nt", NULL, 0, 0),
    FRAME(0xfffff80002ace642, 0xfffff88003180680, 0xfffff80002acd1ba, "nt!KiExceptionDispatch+0xc2", "nt", NULL, 0, 0),
    FRAME(0xfffff80002acd1ba, 0xfffff88003180860, 0xfffff8800799b724, "nt!KiPageFault+0x23a", "nt", NULL, 0,
          0xfffff88003180860),
    FRAME(0xfffff8800799b724, 0xfffff880031809f0, 0xfffff8800799c477, "isolate!StopWorkerQueues+0x14", "isolate",
          QUEUES, 351, 0),
    FRAME(0xfffff8800799c477, 0xfffff88003180a20, 0xfffff880010fae09, "isolate!UnloadCallback+0xd3", "isolate", DRIVER,
          76, 0),
    FRAME(0xfffff880010fae09, 0xfffff88003180a80, 0xfffff880010f9dcd, "fltmgr!FltpDoUnloadFilter+0xf9", "fltmgr", NULL,
          0, 0),
    FRAME(0xfffff880010f9dcd, 0xfffff88003180c70, 0xfffff80002ad8641, "fltmgr!FltpSyncOpWorker+0x2d", "fltmgr", NULL, 0,
          0),
    FRAME(0xfffff80002ad8641, 0xfffff88003180cb0, 0xfffff80002d65e5a, "nt!ExpWorkerThread+0x111", "nt", NULL, 0, 0),
    FRAME(0xfffff80002d65e5a, 0xfffff88003180d40, 0xfffff80002abfd26, "nt!PspSystemThreadStartup+0x5a", "nt", NULL, 0,
          0),
    FRAME(0xfffff80002abfd26, 0xfffff88003180d80, 0, "nt!KiStartSystemThread+0x16", "nt", NULL, 0, 0),
};

static report_thread threads[] = {
    {.role = "unload",
     .kthread = 0xfffffa80018b9b50,
     .cid_process = 4,
     .cid_thread = 0x38,
     .state = "RUNNING on processor 1",
     .start_address = 0xfffff80002ad8530,
     .start_symbol = "nt!ExpWorkerThread",
     .stack_base = 0xfffff88003181000,
     .stack_limit = 0xfffff8800317b000,
     .stack_current = 0xfffff880031809e0,
     .instructions = 1357,
     .frames = unload_frames,
     .frame_count = COUNT(unload_frames)},
    {.role = "load",
     .kthread = 0xfffffa80018b8b50,
     .cid_process = 4,
     .cid_thread = 0x44,
     .state = "RUNNING on processor 2",
     .start_address = 0xfffff80002ad8530,
     .start_symbol = "nt!ExpWorkerThread",
     .stack_base = 0xfffff88003196000,
     .stack_limit = 0xfffff88003190000,
     .stack_current = 0xfffff88003195230,
     .instructions = 1263,
     .frames = load_frames,
     .frame_count = COUNT(load_frames)},
};

static report_step steps[] = {
    {REPORT_LOAD_COLUMN, "load", "isolate!DriverEntry+0x4c", "FltRegisterFilter has returned", DRIVER, 38, 812, true},
    {REPORT_UNLOAD_COLUMN, "unload", "fltmgr!FltpDoUnloadFilter+0xe0", "finds the filter, takes a reference", NULL, 0,
     301, true},
    {REPORT_OTHER_COLUMN, "worker queue thread 1", "isolate!QueueThread+0x20", "waits for work", QUEUES, 61, 44, false},
    {REPORT_LOAD_COLUMN, "load", "nt!PsCreateSystemThread+0x125",
     "creates the thread of the first queue; isolate!Queues.List is not initialised before the last one is there, and "
     "this text is long enough for three lines",
     NULL, 0, 1, true},
    {REPORT_UNLOAD_COLUMN, "unload", "isolate!StopWorkerQueues+0x14", "reads isolate!Queues.List.Flink: zero", QUEUES,
     351, 76, false},
};

static report_moment moments[] = {
    {"load in isolate!StartWorkerQueues+0x1a", "a1.03f1.2c", 1, 3, &threads[1]},
    {"load in isolate!CreateQueue+0x31 calling nt!PsCreateSystemThread", "a1.03f1.2d", 2, 1, NULL},
};

static report_left left[] = {
    {"thread", "system thread, start isolate!QueueThread", 0xfffffa80018c1b50, 0, NULL, "isolate!CreateQueue+0x62"},
    {"pool", NULL, 0xfffffa80018d2fc0, 64, "WrkQ", "isolate!CreateQueue+0x2a"},
};

static report_pair pair = {
    .found = true,
    .text = "unload, at isolate!StopWorkerQueues+0x14, reads isolate!Queues.List / load, at "
            "isolate!StartWorkerQueues+0x51, "
            "writes it, which comes too late: with these two swapped it passes (checked)",
    .object = "isolate!Queues.List",
    .sides = {{.role = "unload",
               .verb = "reads",
               .place = "isolate!StopWorkerQueues+0x14",
               .file = QUEUES,
               .line = 351,
               .found = "NULL",
               .otherwise = "itself"},
              {.role = "load",
               .verb = "writes",
               .place = "nt!ExInterlockedInsertTailList+0x1c",
               .caller = "isolate!StartWorkerQueues+0x51",
               .found = "NULL",
               .left = "itself",
               .write = true,
               .late = true}},
    .schedule = "a1.03f1.11",
    .tries = 3,
};
static report_pair no_pair = {.text = "no single pair of steps: 6 were swapped, and it failed each time", .tries = 6};

static report_race races[] = {
    {"isolate!Phase",
     {{.role = "load", .place = "isolate!DriverEntry+0x51", .file = QUEUES, .line = 12, .write = true},
      {.role = "unload", .place = "isolate!UnloadCallback+0x9"}}},
};

static report_failure crash_failures[] = {
    {.kind = "F1",
     .title = "the unload callback stops work queues that DriverEntry has not made yet",
     .bugcheck = {.code = 0x7E,
                  .args = {0xffffffffc0000005, 0xfffff8800799b724, 0xfffff88003180798, 0xfffff8800317fff0}},
     .fault = {.pc = 0xfffff8800799b724,
               .symbol = "isolate!StopWorkerQueues+0x14",
               .place = "isolate+0x1724",
               .instruction = "mov rax, qword ptr [rcx+8]",
               .file = QUEUES,
               .line = 351,
               .trap_frame = 0xfffff88003180860,
               .has_registers = true,
               .registers = {.rcx = 0,
                             .rdx = 0xfffffa80018b9b50,
                             .rip = 0xfffff8800799b724,
                             .rsp = 0xfffff880031809f0,
                             .r8 = 0x1000,
                             .r11 = 0xfffff88003180a10,
                             .rflags = 0x10246,
                             .partial = true},
               .exception = 0xC0000005,
               .access = REPORT_READ,
               .has_address = true,
               .address = 8,
               .address_text = "NULL + 8"},
     .race = "isolate!StopWorkerQueues+0x14 (unload) reads isolate!Queues.List before isolate!StartWorkerQueues+0x51 "
             "(load) writes it",
     .race_object = "isolate!Queues.List",
     .decides = &pair,
     .schedule = "a1.03f1.2b",
     .replay = "airlock replay build/drivers/x64/isolate.sys a1.03f1.2b --os win7 --load sc --unload fltmc",
     .preemptions = 1,
     .executions = 12,
     .threads = threads,
     .thread_count = COUNT(threads),
     .steps = steps,
     .step_count = COUNT(steps),
     .moments = moments,
     .moment_count = COUNT(moments)},
    {.kind = "F3",
     .title = "DriverEntry creates a work queue thread after the unload callback has stopped them all",
     .decides = &no_pair,
     .schedule = "a1.0410.02",
     .replay = "airlock replay build/drivers/x64/isolate.sys a1.0410.02 --os win7 --load sc --unload fltmc",
     .preemptions = 2,
     .executions = 4,
     .left = left,
     .left_count = COUNT(left)},
};

static report_bound bounds[] = {{0, true, 2, 0, 0}, {1, true, 214, 12, 1}, {2, true, 14020, 377, 1}};
static report_result results[] = {{"load", 0}, {"unload", 0}};
static report_switch switches[] = {
    {"filter-link", "last", "first", "whether FltRegisterFilter makes the filter findable first or last"},
    {"load-lock", "load-only", "load-only", "whether unloading takes the lock that loading holds"},
};
static const char *approximated[] = {"fltmgr!FltStartFiltering: no volumes are enumerated"};
static report_segment segments[] = {
    {0, true, NULL},
    {1906, false, "nt!IopLoadDriver begins"},
    {204, false, "isolate!DriverEntry begins"},
    {1200, true, "fltmgr!FltRegisterFilter makes the filter findable"},
    {1, true, "isolate!DriverEntry returns"},
    {400, false, NULL},
};
static const char *written[] = {"isolate-report.json"};

report_run sample_crash(void)
{
    return (report_run){
        .driver = {.file = "build/drivers/x64/isolate.sys",
                   .name = "isolate.sys",
                   .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                   .machine = "x64",
                   .kind = "minifilter",
                   .timestamp = 0x5F312A10,
                   .symbols = "PDB"},
        .os = "win7",
        .load = "sc",
        .unload = "fltmc",
        .seed = 1,
        .bound = 2,
        .bounds = bounds,
        .bound_count = COUNT(bounds),
        .complete = true,
        .executions = 14236,
        .blocked = 389,
        .points = 812,
        .shared = 96,
        .seconds = 1.25,
        .switches = switches,
        .switch_count = COUNT(switches),
        .approximated = approximated,
        .approximated_count = COUNT(approximated),
        .results = results,
        .result_count = COUNT(results),
        .window = {.measured = true,
                   .instructions = 1201,
                   .of = 3711,
                   .segments = segments,
                   .segment_count = COUNT(segments),
                   .first = "fltmgr!FltRegisterFilter+0x1c8",
                   .last = "nt!IopLoadDriver+0xa07"},
        .failures = crash_failures,
        .failure_count = COUNT(crash_failures),
        .races = races,
        .race_count = COUNT(races),
        .verdict = LAB_OPEN,
        .evidence = {.failures = COUNT(crash_failures),
                     .complete = true,
                     .bound = 2,
                     .window_measured = true,
                     .window = 1201,
                     .window_of = 3711},
        .written = written,
        .written_count = COUNT(written),
    };
}

/* Hangs -------------------------------------------------------------------------------------------------------------- */

static report_frame waiting_frames[] = {
    FRAME(0xfffff80002ad1000, 0xfffff88003180a00, 0xfffff8800799c500, "nt!KeWaitForSingleObject+0x40", "nt", NULL, 0,
          0),
    FRAME(0xfffff8800799c500, 0xfffff88003180a60, 0, "isolate!UnloadCallback+0x3c", "isolate", DRIVER, 71, 0),
};

static report_thread waiting_threads[] = {
    {.role = "unload",
     .kthread = 0xfffffa80018b9b50,
     .cid_process = 4,
     .cid_thread = 0x38,
     .state = "WAIT: (Executive) KernelMode Non-Alertable",
     .waits_for = "fffff880`0799e040  NotificationEvent isolate!LoadedEvent",
     .frames = waiting_frames,
     .frame_count = COUNT(waiting_frames)},
    {.role = "load",
     .kthread = 0xfffffa80018b8b50,
     .cid_process = 4,
     .cid_thread = 0x44,
     .irql = 2,
     .state = "RUNNING on processor 2",
     .frames = waiting_frames,
     .frame_count = 1,
     .truncated = true},
};

static report_step many_steps[15];
static const char *loop[] = {"isolate!WaitForLoad+0x12", "nt!KeDelayExecutionThread+0x20"};

static report_failure hang_failures[] = {
    {.kind = "deadlock",
     .title = "unloading waits for an event that a failed DriverEntry never sets",
     .schedule = "a1.7",
     .replay = "airlock replay isolate.sys a1.7",
     .threads = waiting_threads,
     .thread_count = COUNT(waiting_threads),
     .steps = many_steps,
     .step_count = COUNT(many_steps)},
    {.kind = "livelock",
     .title = "the unload callback polls a flag that nothing changes",
     .schedule = "a1.9",
     .loop = loop,
     .loop_count = COUNT(loop),
     .threads = waiting_threads,
     .thread_count = 1},
};

report_run sample_hang(void)
{
    for (size_t i = 0; i < COUNT(many_steps); i++)
        many_steps[i] = (report_step){.column = i % 2 ? REPORT_UNLOAD_COLUMN : REPORT_LOAD_COLUMN,
                                      .text = i % 2 ? "isolate!UnloadCallback" : "isolate!DriverEntry",
                                      .instructions = i};
    report_run run = sample_clean();
    run.failures = hang_failures;
    run.failure_count = COUNT(hang_failures);
    run.verdict = LAB_OPEN;
    run.evidence = (lab_evidence){.failures = COUNT(hang_failures), .complete = true, .bound = 2};
    return run;
}

/* No failure --------------------------------------------------------------------------------------------------------- */

report_run sample_clean(void)
{
    report_run run = sample_crash();
    run.driver.symbols = NULL;
    run.os = "win8";
    run.unload = "sc";
    run.switches = NULL;
    run.switch_count = run.approximated_count = run.written_count = run.failure_count = 0;
    run.failures = NULL;
    run.window = (report_window){0};
    run.bound = REPORT_UNBOUNDED;
    run.evidence = (lab_evidence){.stalled = true, .complete = true, .bound = LAB_NO_BOUND, .max_stall = 1500000};
    run.verdict = LAB_CLOSED_BY_TIMING;
    return run;
}

report_run sample_budget(void)
{
    static report_bound cut[] = {{0, true, 2, 0, 0}, {REPORT_UNBOUNDED, false, 100000, 9, 0}};
    report_run run = sample_clean();
    run.bound = REPORT_UNBOUNDED;
    run.bounds = cut;
    run.bound_count = COUNT(cut);
    run.complete = false;
    run.points = 0;
    run.seed = UINT64_MAX;
    run.evidence = (lab_evidence){.bound = LAB_NO_BOUND};
    run.verdict = LAB_NOT_FINISHED;
    return run;
}
