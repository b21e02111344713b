/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variables.c - a library with variables of each kind, built for Windows by mingw-w64, for variable_test.c. */
#define EXPORT __declspec(dllexport)

typedef struct entry {
    struct entry *Next, *Before;
} ENTRY;

typedef struct {
    unsigned char Kind;
    union {
        unsigned Word;
        unsigned char Bytes[4];
    };
    ENTRY List;
    const volatile short Table[3][4];
} QUEUE;

extern EXPORT QUEUE Queues[2];
QUEUE Queues[2] = {{.Kind = 1}};
EXPORT ENTRY *Pointers[5];
EXPORT unsigned long long Plain;

int DllEntry(void);
EXPORT int *Hidden(void)
{
    static int Counter[2];
    return Counter + (Plain != 0);
}
int DllEntry(void) { return Queues[1].Kind + (Pointers[1] != 0) + *Hidden(); }
