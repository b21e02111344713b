/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "airlock checkpoint "
#define FORM  "5: "

/* Before the bytes of a result; behind them comes the sum. */
typedef struct {
    uint64_t task;
    uint64_t size;
    uint64_t round;
} record_head;

typedef struct {
    record_head head;
    off_t at; /* of the bytes */
} entry;

struct checkpoint {
    int file;
    off_t end;
    entry *entries;
    size_t count, room;
};

static uint64_t sum_of(const record_head *head, const uint8_t *bytes)
{
    uint64_t sum = 14695981039346656037u ^ head->task ^ head->round << 32 ^ head->size << 8;
    for (size_t i = 0; i < head->size; i++) {
        sum = (sum ^ bytes[i]) * 1099511628211u;
    }
    return sum;
}

static bool read_at(int file, void *bytes, size_t size, off_t at)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(file, (uint8_t *)bytes + done, size - done, at + (off_t)done);
        if (n <= 0) {
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

static bool write_at(int file, const void *bytes, size_t size, off_t at)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(file, (const uint8_t *)bytes + done, size - done, at + (off_t)done);
        if (n <= 0) {
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

/* The result behind the head at `at`, malloc'd; NULL: cut off or damaged. */
static uint8_t *read_result(int file, const record_head *head, off_t at, off_t end)
{
    uint64_t sum;
    if (end - at < (off_t)sizeof sum || head->size > (uint64_t)(end - at) - sizeof sum) {
        return NULL;
    }
    uint8_t *bytes = malloc(head->size ? head->size : 1);
    if (bytes && read_at(file, bytes, head->size, at) && read_at(file, &sum, sizeof sum, at + (off_t)head->size) &&
        sum == sum_of(head, bytes)) {
        return bytes;
    }
    free(bytes);
    return NULL;
}

static bool add_entry(checkpoint *c, const record_head *head, off_t at)
{
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 64;
        entry *grown = realloc(c->entries, room * sizeof *grown);
        if (!grown) {
            return false;
        }
        c->entries = grown;
        c->room = room;
    }
    c->entries[c->count++] = (entry){*head, at};
    return true;
}

/* Whole records from `at` on; what follows the last one is dropped. */
static bool read_records(checkpoint *c, off_t at, off_t end)
{
    record_head head;
    while (end - at >= (off_t)sizeof head && read_at(c->file, &head, sizeof head, at)) {
        uint8_t *bytes = read_result(c->file, &head, at + (off_t)sizeof head, end);
        free(bytes);
        if (!bytes || !add_entry(c, &head, at + (off_t)sizeof head)) {
            break;
        }
        at += (off_t)(sizeof head + head.size + sizeof(uint64_t));
    }
    c->end = at;
    return ftruncate(c->file, at) == 0;
}

static bool read_title(checkpoint *c, const char *path, const char *title, off_t size, char error[256])
{
    size_t length = strlen(title);
    size_t magic = strlen(MAGIC);
    char *there = calloc(1, length + magic + 1);
    bool same = there && size >= (off_t)length && read_at(c->file, there, length, 0) && !memcmp(there, title, length);
    bool ours = there && size >= (off_t)magic && read_at(c->file, there, magic, 0) && !memcmp(there, MAGIC, magic);
    free(there);
    if (!same) {
        snprintf(error, 256, "%s: %s", path,
                 ours ? "the checkpoint of another exploration: another driver, scenario, options or version"
                      : "not a checkpoint");
    }
    return same;
}

static bool begin(checkpoint *c, const char *path, const char *title, char error[256])
{
    struct stat info;
    size_t length = strlen(title);
    if (fstat(c->file, &info) != 0) {
        snprintf(error, 256, "%s: %s", path, strerror(errno));
        return false;
    }
    if (info.st_size == 0) {
        c->end = (off_t)length;
        if (write_at(c->file, title, length, 0)) {
            return true;
        }
    } else if (!read_title(c, path, title, info.st_size, error)) {
        return false;
    } else if (read_records(c, (off_t)length, info.st_size)) {
        return true;
    }
    snprintf(error, 256, "%s: %s", path, strerror(errno));
    return false;
}

checkpoint *checkpoint_open(const char *path, const char *identity, char error[256])
{
    checkpoint *c = calloc(1, sizeof *c);
    size_t room = strlen(MAGIC) + strlen(FORM) + strlen(identity) + 2;
    char *title = malloc(room);
    bool fine = c && title;
    if (fine) {
        snprintf(title, room, "%s%s%s\n", MAGIC, FORM, identity);
        c->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        fine = c->file >= 0;
        if (!fine) {
            snprintf(error, 256, "%s: %s", path, strerror(errno));
        }
        fine = fine && begin(c, path, title, error);
    }
    free(title);
    if (fine) {
        return c;
    }
    checkpoint_close(c);
    return NULL;
}

void checkpoint_close(checkpoint *c)
{
    if (c) {
        if (c->file >= 0) {
            close(c->file);
        }
        free(c->entries);
        free(c);
    }
}

void *checkpoint_recall(const checkpoint *c, uint32_t round, uint64_t task, size_t *size)
{
    for (size_t i = 0; i < c->count; i++) {
        const entry *e = &c->entries[i];
        if (e->head.round == round && e->head.task == task) {
            *size = e->head.size;
            return read_result(c->file, &e->head, e->at, c->end);
        }
    }
    return NULL;
}

void checkpoint_remember(checkpoint *c, uint32_t round, uint64_t task, const void *bytes, size_t size)
{
    record_head head = {.task = task, .size = size, .round = round};
    uint64_t sum = sum_of(&head, bytes);
    off_t at = c->end + (off_t)sizeof head;
    if (write_at(c->file, &head, sizeof head, c->end) && write_at(c->file, bytes, size, at) &&
        write_at(c->file, &sum, sizeof sum, at + (off_t)size)) {
        c->end = at + (off_t)(size + sizeof sum);
    }
}
