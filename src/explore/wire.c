/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <stdlib.h>

bool wire_grow(wire_out *out, size_t size)
{
    size_t room = out->room ? out->room : 256;
    uint8_t *grown;

    while (room < out->size + size)
        room *= 2;
    grown = realloc(out->bytes, room);
    out->failed = !grown;
    if (!grown)
        return false;
    out->bytes = grown;
    out->room = room;
    return true;
}

void wire_put(wire_out *out, const void *bytes, size_t size)
{
    uint8_t *at = wire_room(out, size);

    if (at && size)
        memcpy(at, bytes, size);
}

void wire_put_block(wire_out *out, const void *bytes, size_t size)
{
    wire_put32(out, size);
    wire_put(out, bytes, size);
}

void wire_put_leb(wire_out *out, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        wire_put8(out, value | 0x80);
    wire_put8(out, value);
}

uint32_t wire_get_leb(wire_in *in)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = wire_get8(in);
        value |= (uint64_t)(byte & 0x7fu) << shift;
        if (byte < 0x80 && value <= UINT32_MAX)
            return (uint32_t)value;
    }
    in->failed = true;
    return 0;
}

void wire_set32(wire_out *out, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4 && at + i < out->size; i++)
        out->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

wire_in wire_get_block(wire_in *in)
{
    uint32_t size = wire_get32(in);
    const uint8_t *bytes = wire_get(in, size);

    return (wire_in){.bytes = bytes ? bytes : in->bytes, .size = bytes ? size : 0, .failed = !bytes};
}

uint64_t wire_hash(const uint8_t *bytes, size_t size)
{
    uint64_t h = size, word;

    for (size_t i = 0; i < size; i += sizeof(word)) {
        size_t left = size - i;
        word = 0;
        memcpy(&word, bytes + i, left < sizeof(word) ? left : sizeof(word));
        h = draw_mix(h ^ word) + word;
    }
    return h;
}
