/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include <string.h>

void lines_begin(lines *l, lines_taker take, void *context)
{
    memset(l, 0, offsetof(lines, line));
    l->take = take;
    l->context = context;
}

static void give(lines *l)
{
    size_t length = l->length;
    l->length = 0;
    l->line[length] = '\0';
    l->take(l->context, l->line, length);
}

static inline void put_byte(lines *l, unsigned char byte)
{
    if (byte == '\n' || byte == '\r') {
        bool second = byte == '\n' && l->after_return;
        l->after_return = byte == '\r';
        if (!second)
            give(l);
        return;
    }
    l->after_return = false;
    if (byte && l->length < LINES_MOST)
        l->line[l->length++] = (char)byte;
}

static void put_character(lines *l, uint32_t c)
{
    if (c < 0x80) {
        put_byte(l, (unsigned char)c);
    } else if (c < 0x800) {
        put_byte(l, (unsigned char)(0xC0 | c >> 6));
        put_byte(l, (unsigned char)(0x80 | (c & 0x3F)));
    } else {
        if (c >= 0x10000) {
            put_byte(l, (unsigned char)(0xF0 | c >> 18));
            put_byte(l, (unsigned char)(0x80 | (c >> 12 & 0x3F)));
        } else {
            put_byte(l, (unsigned char)(0xE0 | c >> 12));
        }
        put_byte(l, (unsigned char)(0x80 | (c >> 6 & 0x3F)));
        put_byte(l, (unsigned char)(0x80 | (c & 0x3F)));
    }
}

static void put_unit(lines *l, uint16_t unit)
{
    if (unit >= 0xD800 && unit < 0xDC00) {
        l->high = unit;
        return;
    }
    if (unit >= 0xDC00 && unit < 0xE000) {
        if (l->high)
            put_character(l, 0x10000u + ((uint32_t)(l->high - 0xD800) << 10) + (uint32_t)(unit - 0xDC00));
    } else {
        put_character(l, unit);
    }
    l->high = 0;
}

static void put(lines *l, unsigned char byte)
{
    if (l->encoding == LINES_BYTES) {
        put_byte(l, byte);
        return;
    }
    l->has_half = !l->has_half;
    if (l->has_half)
        l->half = byte;
    else
        put_unit(l, (uint16_t)(l->encoding == LINES_UTF16_LITTLE ? byte << 8 | l->half : l->half << 8 | byte));
}

/* A byte order mark, or ASCII in every other byte. */
static lines_encoding guess(const unsigned char *b, size_t count)
{
    if (count >= 2 && b[0] == 0xFF && b[1] == 0xFE)
        return LINES_UTF16_LITTLE;
    if (count >= 2 && b[0] == 0xFE && b[1] == 0xFF)
        return LINES_UTF16_BIG;
    if (count == 4 && b[0] && !b[1] && b[2] && !b[3])
        return LINES_UTF16_LITTLE;
    if (count == 4 && !b[0] && b[1] && !b[2] && b[3])
        return LINES_UTF16_BIG;
    return LINES_BYTES;
}

static void decide(lines *l)
{
    size_t count = l->first_count, skip = 0;
    l->encoding = guess(l->first, count);
    if (l->encoding != LINES_BYTES && (l->first[0] == 0xFF || l->first[0] == 0xFE))
        skip = 2;
    else if (count >= 3 && !memcmp(l->first, "\xEF\xBB\xBF", 3))
        skip = 3;
    for (size_t i = skip; i < count; i++)
        put(l, l->first[i]);
}

void lines_feed(lines *l, const unsigned char *bytes, size_t size)
{
    while (l->encoding == LINES_UNKNOWN && size) {
        l->first[l->first_count++] = *bytes++;
        size--;
        if (l->first_count == sizeof l->first)
            decide(l);
    }
    if (l->encoding != LINES_BYTES) {
        for (size_t i = 0; i < size; i++)
            put(l, bytes[i]);
        return;
    }
    for (size_t i = 0; i < size; i++)
        put_byte(l, bytes[i]);
}

void lines_end(lines *l)
{
    if (l->encoding == LINES_UNKNOWN)
        decide(l);
    l->unended = true;
    if (l->length)
        give(l);
}
