/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - tasks and their results as bytes, for other processes and for files. Numbers are little-endian and of fixed
 * size, or LEB128, where most are small. Reading never goes beyond the end: what is missing reads as 0, and `failed` tells.
 */
#ifndef AIRLOCK_EXPLORE_WIRE_H
#define AIRLOCK_EXPLORE_WIRE_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint8_t *bytes; /* owned; free() */
    size_t size, room;
    bool failed; /* out of memory */
} wire_out;

typedef struct {
    const uint8_t *bytes;
    size_t size, at;
    bool failed; /* something was missing */
} wire_in;

bool wire_grow(wire_out *out, size_t size);
/* So many bytes more, for the caller to write; NULL: out of memory. */
static inline uint8_t *wire_room(wire_out *out, size_t size)
{
    uint8_t *at;

    if (out->failed || (out->room - out->size < size && !wire_grow(out, size)))
        return NULL;
    at = out->bytes + out->size;
    out->size += size;
    return at;
}

static inline void wire_put_number(wire_out *out, uint64_t value, size_t bytes) /* 1 .. 8 bytes */
{
    uint64_t little = htole64(value);
    uint8_t *at = wire_room(out, bytes);

    if (at)
        memcpy(at, &little, bytes);
}

void wire_put(wire_out *out, const void *bytes, size_t size);
static inline void wire_put8(wire_out *out, uint64_t value) { wire_put_number(out, value, 1); }
static inline void wire_put16(wire_out *out, uint64_t value) { wire_put_number(out, value, 2); }
static inline void wire_put32(wire_out *out, uint64_t value) { wire_put_number(out, value, 4); }
static inline void wire_put64(wire_out *out, uint64_t value) { wire_put_number(out, value, 8); }
void wire_put_block(wire_out *out, const void *bytes, size_t size); /* its length, then the bytes */
void wire_put_leb(wire_out *out, uint32_t value);
/* Overwrite a number that was put at offset `at`. */
void wire_set32(wire_out *out, size_t at, uint32_t value);

static inline const uint8_t *wire_get(wire_in *in, size_t size) /* NULL: missing */
{
    const uint8_t *at = in->bytes + in->at;

    if (in->failed || size > in->size - in->at) {
        in->failed = true;
        return NULL;
    }
    in->at += size;
    return at;
}

static inline uint64_t wire_get_number(wire_in *in, size_t bytes)
{
    const uint8_t *at = wire_get(in, bytes);
    uint64_t little = 0;

    if (at)
        memcpy(&little, at, bytes);
    return le64toh(little);
}

static inline uint8_t wire_get8(wire_in *in) { return (uint8_t)wire_get_number(in, 1); }
static inline uint16_t wire_get16(wire_in *in) { return (uint16_t)wire_get_number(in, 2); }
static inline uint32_t wire_get32(wire_in *in) { return (uint32_t)wire_get_number(in, 4); }
static inline uint64_t wire_get64(wire_in *in) { return wire_get_number(in, 8); }
wire_in wire_get_block(wire_in *in);
uint32_t wire_get_leb(wire_in *in); /* more than 32 bits: failed */
static inline size_t wire_left(const wire_in *in) { return in->failed ? 0 : in->size - in->at; }
/* The bytes from `from` to where reading stands. */
static inline wire_in wire_part(const wire_in *in, size_t from)
{
    return (wire_in){.bytes = in->bytes + from, .size = in->at - from};
}
uint64_t wire_hash(const uint8_t *bytes, size_t size);
static inline wire_in wire_from(const wire_out *out) { return (wire_in){.bytes = out->bytes, .size = out->size}; }

#endif
