/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include <string.h>
#include <strings.h>

const char *scan_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool scan_hex(const char **at, uint64_t *number, unsigned *digits)
{
    const char *p = *at;
    uint64_t value = 0;
    unsigned count = 0;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
        p += 2;
    for (; digit(*p) >= 0 || (*p == '`' && count == 8 && digit(p[1]) >= 0); p++) {
        if (*p == '`')
            continue;
        if (++count > 16)
            return false;
        value = value << 4 | (uint64_t)digit(*p);
    }
    if (!count || (*p && !strchr(" \t:,;)]}|-", *p)))
        return false;
    *at = p;
    *number = value;
    *digits = count;
    return true;
}

bool scan_address(const char **at, uint64_t *address)
{
    const char *p = *at;
    unsigned digits;
    if (!scan_hex(&p, address, &digits) || (digits != 8 && digits != 16))
        return false;
    *at = p;
    return true;
}

bool scan_word(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*at, word, length))
        return false;
    *at += length;
    return true;
}

bool scan_word_any(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncasecmp(*at, word, length))
        return false;
    *at += length;
    return true;
}

bool scan_decimal(const char **at, uint64_t *number)
{
    const char *p = *at;
    uint64_t value = 0;
    while (*p >= '0' && *p <= '9' && value < UINT64_MAX / 16)
        value = value * 10 + (uint64_t)(*p++ - '0');
    if (p == *at)
        return false;
    *at = p;
    *number = value;
    return true;
}

const char *scan_find(const char *text, const char *part) { return strcasestr(text, part); }

bool scan_is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-' || c == '$';
}
