/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_MOST   ((size_t)384 << 20) /* bytes of the arena: a log of several gigabytes must not need as many */
#define BLOCK_SIZE    ((size_t)1 << 16)
#define BUCKETS_FIRST 1024u
#define PRINTF_MOST   8192u

typedef struct block {
    struct block *before;
    size_t used, size;
} block;

typedef struct name {
    struct name *next;
    uint64_t hash;
    size_t length;
    char text[];
} name;

struct store {
    block *last;
    size_t given;
    bool full;
    name **buckets;
    size_t bucket_count, name_count;
};

store *store_create(void)
{
    store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->bucket_count = BUCKETS_FIRST;
    s->buckets = calloc(s->bucket_count, sizeof(name *));
    if (s->buckets)
        return s;
    free(s);
    return NULL;
}

void store_destroy(store *s)
{
    if (!s)
        return;
    for (block *b = s->last, *before; b; b = before) {
        before = b->before;
        free(b);
    }
    free(s->buckets);
    free(s);
}

size_t store_used(const store *s) { return s->given; }
bool store_is_full(const store *s) { return s->full; }

static block *add_block(store *s, size_t size)
{
    size_t most = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    block *b = calloc(1, sizeof *b + most);
    if (!b)
        return NULL;
    b->size = most;
    b->before = s->last;
    s->last = b;
    return b;
}

void *store_alloc(store *s, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    block *b = s->last;
    if (size > MEMORY_MOST - s->given || ((!b || b->size - b->used < size) && !(b = add_block(s, size)))) {
        s->full = true;
        return NULL;
    }
    void *memory = (char *)(b + 1) + b->used;
    b->used += size;
    s->given += size;
    return memory;
}

/* FNV-1a */
static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static void grow(store *s)
{
    size_t count = s->bucket_count * 2;
    name **buckets = calloc(count, sizeof(name *));
    if (!buckets)
        return;
    for (size_t i = 0; i < s->bucket_count; i++)
        for (name *n = s->buckets[i], *next; n; n = next) {
            next = n->next;
            n->next = buckets[n->hash & (count - 1)];
            buckets[n->hash & (count - 1)] = n;
        }
    free(s->buckets);
    s->buckets = buckets;
    s->bucket_count = count;
}

const char *store_text(store *s, const char *text, size_t length)
{
    uint64_t hash = hash_of(text, length);
    for (name *n = s->buckets[hash & (s->bucket_count - 1)]; n; n = n->next)
        if (n->hash == hash && n->length == length && !memcmp(n->text, text, length))
            return n->text;
    name *made = store_alloc(s, sizeof *made + length + 1);
    if (!made)
        return NULL;
    if (s->name_count++ >= s->bucket_count)
        grow(s);
    made->hash = hash;
    made->length = length;
    memcpy(made->text, text, length);
    made->next = s->buckets[hash & (s->bucket_count - 1)];
    s->buckets[hash & (s->bucket_count - 1)] = made;
    return made->text;
}

const char *store_printf(store *s, const char *format, ...)
{
    char text[PRINTF_MOST];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0)
        return NULL;
    return store_text(s, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

bool store_push(void **list, size_t *count, size_t most, size_t size, const void *element)
{
    if (*count >= most)
        return false;
    if ((*count & (*count - 1)) == 0) {
        void *bigger = realloc(*list, (*count ? *count * 2 : 1) * size);
        if (!bigger)
            return false;
        *list = bigger;
    }
    memcpy((char *)*list + *count * size, element, size);
    ++*count;
    return true;
}
