/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "scan.h"

#define ENTITY_MOST 10u /* "&thinsp;" and such */

/* Characters ---------------------------------------------------------------------------------------------------- */

/* Length of the UTF-8 character at `at`, 0 if there is none. */
static size_t character(const unsigned char *at, const unsigned char *end)
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t length = *at < 0x80 ? 1 : *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : *at >= 0xC2 ? 2 : 0;
    if (!length || *at > 0xF4 || (size_t)(end - at) < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    if (length == 3 && ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] >= 0xA0)))
        return 0;
    if (length == 4 && ((at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] >= 0x90)))
        return 0;
    return length == 1 || (at[0] & marks[length]) == marks[length] ? length : 0;
}

/* What web pages and word processors make of plain characters; '\0': nothing is left, the byte itself: no such case. */
static int plain(const unsigned char *at, size_t length)
{
    static const struct {
        const char *from;
        char to;
    } changed[] = {
        {"\xC2\xA0", ' '},      {"\xC2\xAD", '\0'},    {"\xE2\x80\x8B", '\0'}, {"\xE2\x80\x98", '`'},
        {"\xE2\x80\x99", '\''}, {"\xE2\x80\x9C", '"'}, {"\xE2\x80\x9D", '"'},  {"\xE2\x80\x93", '-'},
        {"\xE2\x80\x94", '-'},  {"\xE2\x80\xAF", ' '}, {"\xE3\x80\x80", ' '},  {"\xEF\xBB\xBF", '\0'},
    };
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        if (strlen(changed[i].from) == length && !memcmp(at, changed[i].from, length))
            return (unsigned char)changed[i].to;
    return -1;
}

static size_t clean_characters(char *line, size_t length)
{
    const unsigned char *at = (unsigned char *)line, *end = at + length;
    char *to = line;
    while (at < end) {
        if (*at >= 0x20 && *at < 0x7F) {
            *to++ = (char)*at++;
            continue;
        }
        size_t size = character(at, end);
        int other = size > 1 ? plain(at, size) : -1;
        if (other > 0) {
            *to++ = (char)other;
        } else if (other < 0) {
            if (size > 1)
                for (size_t i = 0; i < size; i++)
                    *to++ = (char)at[i];
            else
                *to++ = *at == '\t' ? '\t' : '?';
        }
        at += size ? size : 1;
    }
    *to = '\0';
    return (size_t)(to - line);
}

/* HTML ------------------------------------------------------------------------------------------------------------ */

/* The character of the entity at `at`, '\0' if there is none; *length is the entity's. */
static char entity(const char *at, size_t *length)
{
    static const struct {
        const char *name;
        char is;
    } named[] = {{"&lt;", '<'},   {"&gt;", '>'},   {"&amp;", '&'},   {"&quot;", '"'},   {"&apos;", '\''},
                 {"&nbsp;", ' '}, {"&#39;", '\''}, {"&grave;", '`'}, {"&lbrack;", '['}, {"&rbrack;", ']'}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (!strncasecmp(at, named[i].name, strlen(named[i].name))) {
            *length = strlen(named[i].name);
            return named[i].is;
        }
    if (at[1] != '#')
        return '\0';
    bool hex = at[2] == 'x' || at[2] == 'X';
    unsigned number = 0;
    const char *p = at + (hex ? 3 : 2);
    for (; p < at + ENTITY_MOST && *p && strchr(hex ? "0123456789abcdefABCDEF" : "0123456789", *p); p++)
        number = number * (hex ? 16u : 10u) + (unsigned)(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
    *length = (size_t)(p - at) + 1;
    number = number == 0xA0 ? ' ' : number;
    return *p == ';' && number >= ' ' && number < 0x7F ? (char)number : '\0';
}

/* A tag of a web page, as against <Unloaded_x.sys>. Its length, 0 if it is none. */
static size_t tag(const char *at)
{
    static const char *const names[] = {"br",   "p",      "pre", "code", "span", "div",     "b",         "i",
                                        "u",    "link",   "col", "exec", "a",    "td",      "tr",        "li",
                                        "font", "strong", "em",  "tt",   "wbr",  "altlink", "blockquote"};
    const char *name = at + 1 + (at[1] == '/');
    size_t length = strcspn(name, " />\t");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (length == strlen(names[i]) && !strncasecmp(name, names[i], length)) {
            const char *end = strchr(name, '>');
            return end ? (size_t)(end - at) + 1 : 0;
        }
    return 0;
}

static size_t clean_html(char *line)
{
    char *to = line;
    for (const char *at = line; *at;) {
        size_t length = 0;
        char is = *at == '&' ? entity(at, &length) : '\0';
        if (is) {
            *to++ = is;
            at += length;
        } else if (*at == '<' && (length = tag(at))) {
            at += length;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
    return (size_t)(to - line);
}

/* Marks ------------------------------------------------------------------------------------------------------------ */

/* Quoting marks of mail, "> > ", the bar and dots of forums. */
static const char *behind_marks(const char *line)
{
    for (const char *at = line;; line = at) {
        at = scan_blanks(at);
        if (*at == '>')
            at++;
        else if (*at == '|' && (at[1] == ' ' || at[1] == '\t'))
            at++;
        else
            return line;
    }
}

static bool is_fence(const char *line)
{
    const char *at = scan_blanks(line);
    return !strncmp(at, "```", 3) || !strncmp(at, "~~~", 3);
}

size_t clean_line(char *line, size_t length)
{
    length = clean_characters(line, length);
    if (memchr(line, '&', length) || memchr(line, '<', length))
        length = clean_html(line);
    const char *rest = is_fence(line) ? line + length : behind_marks(line);
    length -= (size_t)(rest - line);
    memmove(line, rest, length + 1);
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        line[--length] = '\0';
    if (length > 1 && line[0] == '`' && line[length - 1] == '`') { /* code in a line of its own */
        length -= 2;
        memmove(line, line + 1, length);
        line[length] = '\0';
    }
    return length;
}

const char *clean_prompt(const char *line)
{
    const char *at = scan_blanks(line);
    uint64_t number;
    const char *start = at;
    if (scan_decimal(&at, &number) && *at == ':')
        at = scan_blanks(at + 1);
    else
        at = start;
    if (scan_word(&at, "kd>") || scan_word(&at, "lkd>") || scan_word(&at, "kd:x86>"))
        return scan_blanks(at);
    at = start; /* user mode: "0:000> " */
    if (scan_decimal(&at, &number) && *at++ == ':' && scan_decimal(&at, &number) && *at == '>')
        return scan_blanks(at + 1);
    return line;
}
