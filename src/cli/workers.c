/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS_MOST   256u
#define POLL_SECONDS 4

typedef struct {
    pid_t pid;
    int result; /* read end of its pipe */
    size_t index;
    size_t got; /* bytes of the result */
} slot;

typedef struct {
    const workers_task *task;
    unsigned char *results;
    bool *finished;
    slot slots[SLOTS_MOST];
    size_t used, most;
    size_t next, done; /* pieces begun, pieces done */
} pool;

unsigned workers_jobs(unsigned jobs)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return jobs ? jobs : processors > 0 ? (unsigned)processors : 1;
}

static size_t slots_for(const workers_task *task)
{
    size_t most = workers_jobs(task->jobs);
    most = most > SLOTS_MOST ? SLOTS_MOST : most;
    return most > task->count ? task->count : most;
}

/* The child; does not return. Its one write is small enough not to be torn. */
static void run_piece(const workers_task *task, size_t index, int to)
{
    static unsigned char result[WORKERS_RESULT_MOST];
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever stops the program stops its workers */
    task->work(task->context, index, result);
    _exit(write(to, result, task->result_size) == (ssize_t)task->result_size ? 0 : 1);
}

static bool start(pool *p)
{
    int ends[2];
    if (pipe(ends))
        return false;
    fflush(NULL); /* what is buffered is written once, by the parent */
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        run_piece(p->task, p->next, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    p->slots[p->used++] = (slot){.pid = pid, .result = ends[0], .index = p->next++};
    return true;
}

/* The worker has ended, or will at once. */
static void end_slot(pool *p, size_t i)
{
    slot *s = &p->slots[i];
    close(s->result);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    p->finished[s->index] = s->got == p->task->result_size;
    p->done++;
    p->slots[i] = p->slots[--p->used];
}

static void collect(pool *p, size_t i)
{
    slot *s = &p->slots[i];
    unsigned char *to = p->results + s->index * p->task->result_size + s->got;
    ssize_t got = read(s->result, to, p->task->result_size - s->got);
    s->got += got > 0 ? (size_t)got : 0;
    if (got == 0 || (got < 0 && errno != EINTR) || s->got == p->task->result_size)
        end_slot(p, i);
}

/* Until one has something to say, or a few seconds have passed. */
static void wait_for_any(pool *p)
{
    struct pollfd files[SLOTS_MOST];
    for (size_t i = 0; i < p->used; i++)
        files[i] = (struct pollfd){.fd = p->slots[i].result, .events = POLLIN};
    if (poll(files, p->used, POLL_SECONDS * 1000) <= 0)
        return;
    for (size_t i = p->used; i-- > 0;) /* downwards: end_slot moves the last one */
        if (files[i].revents)
            collect(p, i);
}

bool workers_run(const workers_task *task, void *results, bool *finished)
{
    pool p = {.task = task, .results = results, .finished = finished, .most = slots_for(task)};
    bool fine = task->result_size <= WORKERS_RESULT_MOST;
    while (fine && p.done < task->count) {
        while (fine && p.used < p.most && p.next < task->count)
            fine = start(&p) || p.used; /* with some at work it can be tried again */
        wait_for_any(&p);
        if (task->progress)
            task->progress(task->context, p.done);
    }
    return fine;
}
