/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.c - the boot options, "/NAME=value /KIND:name=value ...", cut into zero-terminated pieces once. A value with
 * blanks stands in double quotes.
 */
#include "init.h"

#define INIT_OPTIONS 64

static struct {
    PCSTR Kind; /* "" for /NAME=value */
    PCSTR Name;
    PCSTR Value; /* "" if there is none */
} InitOptions[INIT_OPTIONS];
static ULONG InitOptionCount;
static CHAR InitText[sizeof(KeLoaderBlock->options)];

static BOOLEAN InitSame(PCSTR A, PCSTR B)
{
    while (*A && *A == *B) {
        A++;
        B++;
    }
    return *A == *B;
}

/* Cut at the first Mark; returns what follows, NULL if there is none. */
static PCHAR InitCut(PCHAR Text, CHAR Mark)
{
    for (; *Text; Text++) {
        if (*Text == Mark) {
            *Text = 0;
            return Text + 1;
        }
    }
    return NULL;
}

/* One option, zero-terminated, without its slash. */
static VOID InitAddOption(PCHAR Text)
{
    PCHAR Value = InitCut(Text, '=');
    PCHAR Name = InitCut(Text, ':');

    if (InitOptionCount < INIT_OPTIONS) {
        InitOptions[InitOptionCount].Kind = Name ? Text : "";
        InitOptions[InitOptionCount].Name = Name ? Name : Text;
        InitOptions[InitOptionCount].Value = Value ? Value : "";
        InitOptionCount++;
    }
}

VOID InitParseOptions(VOID)
{
    PCHAR From = KeLoaderBlock->options, To = InitText;

    while (*From) {
        PCHAR Start = To;
        BOOLEAN Quoted = FALSE;

        while (*From == ' ') {
            From++;
        }
        for (; *From && (*From != ' ' || Quoted); From++) {
            if (*From == '"') {
                Quoted = !Quoted;
            } else {
                *To++ = *From;
            }
        }
        *To++ = 0;
        if (*Start == '/') {
            InitAddOption(Start + 1);
        }
    }
}

PCSTR InitOption(PCSTR Name)
{
    for (ULONG i = 0; i < InitOptionCount; i++) {
        if (!*InitOptions[i].Kind && InitSame(InitOptions[i].Name, Name)) {
            return InitOptions[i].Value;
        }
    }
    return NULL;
}

BOOLEAN InitNextOption(PCSTR Kind, PULONG Cookie, PCSTR *Name, PCSTR *Value)
{
    while (*Cookie < InitOptionCount) {
        ULONG i = (*Cookie)++;
        if (InitSame(InitOptions[i].Kind, Kind)) {
            *Name = InitOptions[i].Name;
            *Value = InitOptions[i].Value;
            return TRUE;
        }
    }
    return FALSE;
}
