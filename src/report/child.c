/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.c - posix_spawn, a pair of sockets: what is written to one that is gone raises no signal. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_DESCRIPTOR = 10, /* ours stay clear of 0, 1, 2 even if those were closed */
    CHUNK = 65536,
    LINE_MAX_SIZE = 64 << 20
};

static int out_of_the_way(int file)
{
    if (file < 0)
        return -1;
    int moved = fcntl(file, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    close(file);
    return moved;
}

int child_file(const void *bytes, size_t size)
{
    int file = out_of_the_way(memfd_create("airlock", MFD_CLOEXEC));
    for (size_t done = 0; file >= 0 && done < size;) {
        ssize_t wrote = pwrite(file, (const char *)bytes + done, size - done, (off_t)done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            close(file);
            return -1;
        }
        done += (size_t)wrote;
    }
    return file;
}

int64_t child_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Starting and ending ------------------------------------------------------------ */

/* The child starts with ordinary signals, whatever the program that calls us does with its own, and in a group of its
 * own, so that whatever it starts ends with it. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawnattr_setsigmask(attributes, &none) != 0 || posix_spawnattr_setsigdefault(attributes, &all) != 0 ||
        posix_spawnattr_setpgroup(attributes, 0) != 0)
        return -1;
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int spawn(const char *program, char *const argv[], int end, pid_t *pid)
{
    char *const environment[] = {(char[]){"LC_ALL=C"}, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int error = posix_spawn_file_actions_adddup2(&actions, end, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, end, 1);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (error == 0)
        error = set_attributes(&attributes);
    if (error == 0)
        error = posix_spawnp(pid, program, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

child_status child_start(child *c, const char *program, char *const argv[])
{
    int ends[2];
    memset(c, 0, sizeof *c);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return CHILD_FAILED;
    c->socket = out_of_the_way(ends[0]);
    int other = out_of_the_way(ends[1]);
    int error = c->socket < 0 || other < 0 ? EMFILE : spawn(program, argv, other, &c->pid);
    if (other >= 0)
        close(other);
    if (error == 0)
        return CHILD_OK;
    if (c->socket >= 0)
        close(c->socket);
    return error == ENOENT || error == EACCES || error == ENOTDIR ? CHILD_NOT_FOUND : CHILD_FAILED;
}

/* Nothing that it still does is of interest: all it had to say has been read, or its time is up. */
void child_end(child *c)
{
    close(c->socket);
    kill(-c->pid, SIGKILL);
    kill(c->pid, SIGKILL); /* it may have left its group */
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(c->text);
}

/* Talking ------------------------------------------------------------ */

bool child_say(child *c, const char *text, size_t size)
{
    char byte;
    bool listens = c->unsent_size == 0 && c->begin == c->end &&
                   recv(c->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
    c->unsent = text;
    c->unsent_size = size;
    return listens;
}

/* What one that is gone has printed before can still be read. */
static void send_some(child *c)
{
    ssize_t sent = send(c->socket, c->unsent, c->unsent_size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
        c->unsent += sent;
        c->unsent_size -= (size_t)sent;
    } else if (sent < 0 && errno != EINTR && errno != EAGAIN) {
        c->unsent_size = 0;
    }
}

/* At the end of `text`, for a chunk. */
static bool make_room(child *c)
{
    if (c->begin != 0)
        memmove(c->text, c->text + c->begin, c->end - c->begin);
    c->end -= c->begin;
    c->begin = 0;
    if (c->room - c->end >= CHUNK)
        return true;
    char *bigger = c->end > LINE_MAX_SIZE ? NULL : realloc(c->text, c->room * 2 + CHUNK);
    if (bigger == NULL)
        return false;
    c->text = bigger;
    c->room = c->room * 2 + CHUNK;
    return true;
}

static child_status receive_some(child *c)
{
    ssize_t got = recv(c->socket, c->text + c->end, CHUNK, MSG_DONTWAIT);
    if (got > 0)
        c->end += (size_t)got;
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)) ? CHILD_OK : CHILD_ENDED;
}

static child_status talk(child *c, int64_t deadline)
{
    struct pollfd wait = {.fd = c->socket, .events = (short)(POLLIN | (c->unsent_size != 0 ? POLLOUT : 0))};
    int64_t left = deadline - child_now();
    if (left <= 0)
        return CHILD_TIMED_OUT;
    if (poll(&wait, 1, (int)left) <= 0)
        return CHILD_OK; /* interrupted, or time is up: the next turn tells */
    if (wait.revents & POLLOUT)
        send_some(c);
    return wait.revents & ~POLLOUT ? receive_some(c) : CHILD_OK;
}

child_status child_line(child *c, int64_t deadline, const char **line, size_t *length)
{
    child_status status = CHILD_OK;
    for (size_t looked = 0; status == CHILD_OK;) {
        size_t have = c->end - c->begin;
        char *end = have > looked ? memchr(c->text + c->begin + looked, '\n', have - looked) : NULL;
        if (end != NULL) {
            *line = c->text + c->begin;
            *length = (size_t)(end - *line);
            c->begin += *length + 1;
            return CHILD_OK;
        }
        looked = have;
        status = make_room(c) ? talk(c, deadline) : CHILD_ENDED;
    }
    return status;
}
