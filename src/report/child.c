/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.c - posix_spawn, one pipe, one deadline. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_DESCRIPTOR = 10, /* ours stay clear of 0, 1, 2 even if those were closed */
    CHUNK = 65536,
    OUTPUT_MAX = 64 << 20
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

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads until the end of the file, or the deadline. */
static child_status collect(int file, int milliseconds, char **output, size_t *size)
{
    int64_t deadline = now_ms() + milliseconds;
    for (;;) {
        struct pollfd wait = {.fd = file, .events = POLLIN};
        int64_t left = deadline - now_ms();
        if (left <= 0)
            return CHILD_TIMED_OUT;
        if (poll(&wait, 1, (int)left) <= 0)
            continue; /* interrupted, or time is up: the loop tells */
        char *bigger = *size > OUTPUT_MAX ? NULL : realloc(*output, *size + CHUNK);
        if (bigger == NULL)
            return CHILD_FAILED;
        *output = bigger;
        ssize_t got = read(file, *output + *size, CHUNK);
        if (got == 0)
            return CHILD_OK;
        if (got < 0 && errno != EINTR)
            return CHILD_FAILED;
        if (got > 0)
            *size += (size_t)got;
    }
}

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

static int spawn(const char *program, char *const argv[], int input, int output, const int *keep, size_t keep_count,
                 pid_t *pid)
{
    char *const environment[] = {(char[]){"LC_ALL=C"}, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int error = posix_spawn_file_actions_adddup2(&actions, input, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, output, 1);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    for (size_t i = 0; i < keep_count && error == 0; i++)
        error = posix_spawn_file_actions_adddup2(&actions, keep[i], keep[i]); /* onto itself: no longer close-on-exec */
    if (error == 0)
        error = set_attributes(&attributes);
    if (error == 0)
        error = posix_spawnp(pid, program, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Nothing that it still does is of interest: all it had to say has been read, or its time is up. */
static void end_child(pid_t pid)
{
    kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

child_status child_run(const char *program, char *const argv[], int input, const int *keep, size_t keep_count,
                       int milliseconds, char **output, size_t *size)
{
    int ends[2];
    pid_t pid;
    *output = NULL;
    *size = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return CHILD_FAILED;
    ends[0] = out_of_the_way(ends[0]);
    ends[1] = out_of_the_way(ends[1]);
    int error = spawn(program, argv, input, ends[1], keep, keep_count, &pid);
    close(ends[1]);
    child_status status = error == ENOENT || error == EACCES || error == ENOTDIR ? CHILD_NOT_FOUND : CHILD_FAILED;
    if (error == 0) {
        status = collect(ends[0], milliseconds, output, size);
        end_child(pid);
    }
    close(ends[0]);
    if (status != CHILD_OK && status != CHILD_TIMED_OUT) {
        free(*output);
        *output = NULL;
        *size = 0;
    }
    return status;
}
