/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include <inttypes.h>
#include <string.h>

void print_tone_text(const printer *p, print_tone tone, const char *text)
{
    static const char *const codes[] = {"", "\033[1m", "\033[1;32m", "\033[1;31m", "\033[2m"};
    if (p->colour && tone != PRINT_PLAIN)
        fprintf(p->out, "%s%s\033[0m", codes[tone], text);
    else
        fputs(text, p->out);
}

const char *print_address(const printer *p, uint64_t address, char buffer[PRINT_NUMBER_SIZE])
{
    if (p->narrow)
        return print_plain_address(p, address, buffer);
    snprintf(buffer, PRINT_NUMBER_SIZE, "%08" PRIx64 "`%08" PRIx64, address >> 32, address & UINT32_MAX);
    return buffer;
}

const char *print_plain_address(const printer *p, uint64_t address, char buffer[PRINT_NUMBER_SIZE])
{
    snprintf(buffer, PRINT_NUMBER_SIZE, "%0*" PRIx64, p->narrow ? 8 : 16, p->narrow ? address & UINT32_MAX : address);
    return buffer;
}

const char *print_number(uint64_t number, char buffer[PRINT_NUMBER_SIZE])
{
    char digits[PRINT_NUMBER_SIZE];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *to = buffer;
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return buffer;
}

void print_count(const printer *p, uint64_t number, const char *one, const char *many)
{
    char buffer[PRINT_NUMBER_SIZE];
    fprintf(p->out, "%s %s", print_number(number, buffer), number == 1 ? one : many);
}

size_t print_break(const char *text, size_t width, const char **next)
{
    size_t length = strcspn(text, "\n");
    if (length <= width) {
        *next = text[length] ? text + length + 1 : NULL;
        return length;
    }
    size_t cut = width;
    while (cut && text[cut] != ' ')
        cut--;
    if (!cut) {
        for (cut = width; cut > 1 && ((unsigned char)text[cut] & 0xC0) == 0x80;)
            cut--; /* not inside a character */
        *next = text + cut;
        return cut;
    }
    *next = text + cut + strspn(text + cut, " ");
    while (cut && text[cut - 1] == ' ')
        cut--;
    return cut;
}

void print_entry(const printer *p, const char *label, const char *text)
{
    const char *line = text;
    bool first = true;
    while (line) {
        const char *next;
        size_t length = print_break(line, PRINT_WIDTH - PRINT_LABEL, &next);
        if (first && strlen(label) < PRINT_LABEL) {
            print_tone_text(p, PRINT_HEADING, label);
            fprintf(p->out, "%*s", (int)(PRINT_LABEL - strlen(label)), "");
        } else {
            fprintf(p->out, "%*s", (int)PRINT_LABEL, "");
        }
        fprintf(p->out, "%.*s\n", (int)length, line);
        line = next;
        first = false;
    }
}
