/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

void wire_put(wire_out *out, const void *bytes, size_t size)
{
    size_t room = out->room ? out->room : 256;

    if (out->failed || !size)
        return;
    while (room < out->size + size)
        room *= 2;
    if (room != out->room) {
        uint8_t *grown = realloc(out->bytes, room);
        out->failed = !grown;
        if (!grown)
            return;
        out->bytes = grown;
        out->room = room;
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

void wire_put_number(wire_out *out, uint64_t value, size_t bytes)
{
    uint8_t raw[8];

    for (size_t i = 0; i < bytes; i++)
        raw[i] = (uint8_t)(value >> 8 * i);
    wire_put(out, raw, bytes);
}

void wire_put_block(wire_out *out, const void *bytes, size_t size)
{
    wire_put32(out, size);
    wire_put(out, bytes, size);
}

void wire_set32(wire_out *out, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4 && at + i < out->size; i++)
        out->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

const uint8_t *wire_get(wire_in *in, size_t size)
{
    const uint8_t *at = in->bytes + in->at;

    if (in->failed || size > in->size - in->at) {
        in->failed = true;
        return NULL;
    }
    in->at += size;
    return at;
}

uint64_t wire_get_number(wire_in *in, size_t bytes)
{
    const uint8_t *raw = wire_get(in, bytes);
    uint64_t value = 0;

    for (size_t i = 0; raw && i < bytes; i++)
        value |= (uint64_t)raw[i] << 8 * i;
    return value;
}

wire_in wire_get_block(wire_in *in)
{
    uint32_t size = wire_get32(in);
    const uint8_t *bytes = wire_get(in, size);

    return (wire_in){.bytes = bytes ? bytes : in->bytes, .size = bytes ? size : 0, .failed = !bytes};
}
