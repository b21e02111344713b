/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workers.c - processes that take tasks. Each is a copy of this one, with the program at its start; tasks and results go
 * through a pair of sockets: length (8 bytes), budget (8 bytes), bytes. A worker ends when its socket is closed.
 */
#include "divide.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    pid_t process;
    int socket;
    task *task; /* NULL: idle */
} worker;

struct workers {
    explorer *x;
    worker *all;
    struct pollfd *wait;
    uint32_t count, most;
    volatile uint64_t *running; /* shared: executions of the task that each runs */
};

static bool put_all(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = send(fd, (const uint8_t *)bytes + done, size - done, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool get_all(int fd, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = recv(fd, (uint8_t *)bytes + done, size - done, 0);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool put_message(int fd, uint64_t budget, const uint8_t *bytes, size_t size)
{
    uint64_t head[2] = {size, budget};

    return put_all(fd, head, sizeof(head)) && put_all(fd, bytes, size);
}

/* The bytes are malloc'd. */
static bool get_message(int fd, uint64_t *budget, uint8_t **bytes, size_t *size)
{
    uint64_t head[2];

    if (!get_all(fd, head, sizeof(head)))
        return false;
    *budget = head[1];
    *size = (size_t)head[0];
    *bytes = malloc(*size ? *size : 1);
    if (*bytes && get_all(fd, *bytes, *size))
        return true;
    free(*bytes);
    return false;
}

/* In the worker -------------------------------------------------------------------------------------------------- */

static bool serve(explorer *x, int fd)
{
    uint64_t budget;
    uint8_t *bytes;
    size_t size;

    while (get_message(fd, &budget, &bytes, &size)) {
        wire_out result = {0};
        bool fine = task_here(x, bytes, size, budget, &result) && put_message(fd, 0, result.bytes, result.size);
        free(bytes);
        free(result.bytes);
        if (!fine)
            return false;
    }
    return true;
}

static _Noreturn void work(workers *w, uint32_t k, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN);
    for (uint32_t i = 0; i < k; i++)
        close(w->all[i].socket);
    w->x->running = &w->running[k];
    _exit(serve(w->x, w->all[k].socket) ? 0 : 1);
}

/* In this process --------------------------------------------------------------------------------------------------- */

static bool start(workers *w, uint32_t k)
{
    int pair[2];
    pid_t parent = getpid();

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    w->all[k].socket = pair[1];
    w->all[k].process = fork();
    if (w->all[k].process == 0) {
        close(pair[0]);
        work(w, k, parent);
    }
    close(pair[1]);
    w->all[k].socket = pair[0];
    if (w->all[k].process < 0) {
        close(pair[0]);
        return false;
    }
    return true;
}

workers *workers_start(explorer *x, uint32_t count)
{
    workers *w = calloc(1, sizeof(*w));

    if (!w)
        return NULL;
    w->x = x;
    w->most = count;
    w->all = calloc(count, sizeof(worker));
    w->wait = calloc(count, sizeof(struct pollfd));
    w->running = mmap(NULL, count * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (w->all && w->wait && w->running != MAP_FAILED && w->count < count && start(w, w->count))
        w->count++;
    if (w->count == count)
        return w;
    workers_stop(w);
    return NULL;
}

void workers_stop(workers *w)
{
    for (uint32_t k = 0; k < w->count; k++) {
        close(w->all[k].socket);
        if (w->all[k].task)
            kill(w->all[k].process, SIGKILL);
        waitpid(w->all[k].process, NULL, 0);
    }
    if (w->running != MAP_FAILED)
        munmap((void *)(uintptr_t)w->running, w->most * sizeof(uint64_t));
    free(w->all);
    free(w->wait);
    free(w);
}

uint64_t workers_running(const workers *w)
{
    uint64_t sum = 0;

    for (uint32_t k = 0; k < w->count; k++)
        sum += w->all[k].task ? w->running[k] : 0;
    return sum;
}

static bool hand_out(workers *w, division *d)
{
    for (uint32_t k = 0; k < w->count; k++) {
        worker *one = &w->all[k];
        if (one->task)
            continue;
        if (!division_next(d, &one->task))
            return false;
        if (!one->task)
            return true;
        one->task->taken = true;
        w->running[k] = 0;
        if (!put_message(one->socket, task_budget(w->x, one->task->generation), one->task->bytes, one->task->size))
            return false;
    }
    return true;
}

static bool take_result(division *d, worker *one)
{
    task *done = one->task;
    uint64_t nothing;
    uint8_t *bytes;
    size_t size;

    one->task = NULL;
    return get_message(one->socket, &nothing, &bytes, &size) && division_enter(d, done, bytes, size);
}

bool workers_turn(workers *w, division *d, int milliseconds)
{
    struct pollfd *wait = w->wait;

    if (!hand_out(w, d))
        return false;
    if (d->top->result)
        return true; /* it was known from before */
    for (uint32_t k = 0; k < w->count; k++)
        wait[k] = (struct pollfd){.fd = w->all[k].socket, .events = POLLIN};
    if (poll(wait, w->count, milliseconds) < 0)
        return true; /* a signal: the caller looks around */
    for (uint32_t k = 0; k < w->count; k++) {
        if (wait[k].revents && w->all[k].task && !take_result(d, &w->all[k]))
            return false;
        if (wait[k].revents && !w->all[k].task && (wait[k].revents & (POLLHUP | POLLERR)))
            return false;
    }
    return true;
}
