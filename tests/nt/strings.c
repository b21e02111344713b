/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strings.c - the run-time library, seen from inside: strings, formatter, tables. Prints; the host compares. */
#include "rtl.h"

int swprintf(wchar_t *Buffer, const wchar_t *Format, ...);
int _snprintf(char *Buffer, size_t Size, const char *Format, ...);
int sprintf_s(char *Buffer, size_t Size, const char *Format, ...);

VOID NTAPI TestStrings(PVOID Context)
{
    UNICODE_STRING One, Two = RTL_CONSTANT_STRING(L"\\device\\isolate"), Copy, Guid;
    ANSI_STRING Ansi;
    WCHAR Buffer[24];
    CHAR Narrow[8];
    ULONG Value = 0, Hash = 0;
    GUID Id;
    UNREFERENCED_PARAMETER(Context);

    RtlInitUnicodeString(&One, L"\\Device\\Isolate");
    DbgPrint("init %u %u\n", One.Length, One.MaximumLength);
    DbgPrint("equal %u %u\n", RtlEqualUnicodeString(&One, &Two, FALSE), RtlEqualUnicodeString(&One, &Two, TRUE));
    DbgPrint("compare %d\n", RtlCompareUnicodeString(&One, &Two, FALSE));
    One.Length = 14;
    DbgPrint("prefix %u\n", RtlPrefixUnicodeString(&One, &Two, TRUE));
    RtlInitEmptyUnicodeString(&Copy, Buffer, sizeof(Buffer));
    RtlCopyUnicodeString(&Copy, &One);
    DbgPrint("append %x", RtlAppendUnicodeToString(&Copy, L"\\Tail"));
    DbgPrint(" %x\n", RtlAppendUnicodeStringToString(&Copy, &Two));
    DbgPrint("'%wZ' %u\n", &Copy, Copy.Buffer[Copy.Length / 2]);
    DbgPrint("upcase %x", RtlUpcaseUnicodeString(&Copy, &Copy, FALSE));
    DbgPrint(" '%wZ'\n", &Copy);
    DbgPrint("letters %x %x %x %x\n", RtlUpcaseUnicodeChar(0xe4), RtlUpcaseUnicodeChar(0x3b1),
             RtlUpcaseUnicodeChar(0x451), RtlDowncaseUnicodeChar(0x416));
    DbgPrint("hash %x", RtlHashUnicodeString(&Two, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &Hash));
    DbgPrint(" %x\n", Hash);
    DbgPrint("ansi %x", RtlUnicodeStringToAnsiString(&Ansi, &Two, TRUE));
    DbgPrint(" '%Z' %u\n", &Ansi, Ansi.MaximumLength);
    RtlFreeAnsiString(&Ansi);
    RtlInitAnsiString(&Ansi, "gr\x81\xfc\x80");
    DbgPrint("unicode %x", RtlAnsiStringToUnicodeString(&Copy, &Ansi, FALSE));
    DbgPrint(" %x %x\n", Copy.Buffer[3], Copy.Buffer[4]);
    RtlInitUnicodeString(&One, L"  -0x1F ");
    DbgPrint("integer %x", RtlUnicodeStringToInteger(&One, 0, &Value));
    DbgPrint(" %d\n", Value);
    DbgPrint("char %x", RtlCharToInteger("177", 8, &Value));
    DbgPrint(" %u\n", Value);
    DbgPrint("text %x", RtlIntegerToUnicodeString(3000000000u, 10, &Copy));
    DbgPrint(" '%wZ'\n", &Copy);
    RtlInitUnicodeString(&One, L"{00112233-4455-6677-8899-aabbccddeeff}");
    DbgPrint("guid %x", RtlGUIDFromString(&One, &Id));
    DbgPrint(" %x\n", Id.Data1);
    DbgPrint("back %x", RtlStringFromGUID(&Id, &Guid));
    DbgPrint(" %wZ\n", &Guid);
    RtlFreeUnicodeString(&Guid);
    DbgPrint("wcs %d %d %Ii %Ii\n", _wcsicmp(L"ABC", L"abd"), _wcsnicmp(L"ABC", L"abd", 2),
             wcsstr(L"isolate.sys", L".sys") - L"isolate.sys", (SIZE_T)wcschr(L"abc", 'x'));
    DbgPrint("safe %d", strcpy_s(Narrow, sizeof(Narrow), "1234567"));
    DbgPrint(" '%s'", Narrow);
    DbgPrint(" %d", strcat_s(Narrow, sizeof(Narrow), "8"));
    DbgPrint(" '%s'\n", Narrow);
    {
        UCHAR Block[40];
        memset(Block, 'a', sizeof(Block));
        for (ULONG Index = 0; Index < 16; Index++) {
            Block[Index] = (UCHAR)('A' + Index);
        }
        memmove(Block + 3, Block, 19);
        DbgPrint("move %.24s %Iu\n", Block, RtlCompareMemory(Block, Block + 3, 8));
    }
    {
        LARGE_INTEGER Time = {.QuadPart = 133515606451234567LL};
        TIME_FIELDS Fields;
        LARGE_INTEGER Again;
        RtlTimeToTimeFields(&Time, &Fields);
        DbgPrint("time %d-%02d-%02d %02d:%02d:%02d.%03d %d", Fields.Year, Fields.Month, Fields.Day, Fields.Hour,
                 Fields.Minute, Fields.Second, Fields.Milliseconds, Fields.Weekday);
        RtlTimeFieldsToTime(&Fields, &Again);
        DbgPrint(" %I64d\n", Time.QuadPart - Again.QuadPart);
    }
}

static BOOLEAN Matches(PCWSTR Expression, PCWSTR Name)
{
    UNICODE_STRING E, N;
    RtlInitUnicodeString(&E, Expression);
    RtlInitUnicodeString(&N, Name);
    return FsRtlIsNameInExpression(&E, &N, TRUE, NULL);
}

VOID NTAPI TestNames(PVOID Context)
{
    UNICODE_STRING Path, First, Rest;
    UNREFERENCED_PARAMETER(Context);
    RtlInitUnicodeString(&Path, L"\\Device\\Isolate\\x");
    FsRtlDissectName(Path, &First, &Rest);
    DbgPrint("'%wZ' '%wZ'\n", &First, &Rest);
    DbgPrint("match %u%u%u%u%u%u\n", Matches(L"*", L"a"), Matches(L"*.SYS", L"isolate.sys"), Matches(L"A?C", L"abc"),
             Matches(L"<.SYS", L"a.b.sys"), Matches(L">>>\"", L"ab"), Matches(L"*A*B*", L"xaxxbx"));
    DbgPrint("no match %u%u%u%u\n", Matches(L"A?C", L"ac"), Matches(L"<B", L"a.b"), Matches(L"*.SYS", L"sys"),
             Matches(L"A", L"ab"));
}

VOID NTAPI TestFormat(PVOID Context)
{
    CHAR Buffer[16];
    WCHAR Wide[32];
    UNICODE_STRING Empty = {0};
    UNREFERENCED_PARAMETER(Context);
    DbgPrint("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]\n", -7, 42, 42, -42, 5, 5);
    DbgPrint("[%u] [%x] [%X] [%#x] [%o] [%08lx] [%.3d]\n", 4000000000u, 0xbeef, 0xbeef, 0xbeef, 8, 0xbeefL, 7);
    DbgPrint("[%I64x] [%lld] [%Iu] [%hd] [%hhx]\n", 0x123456789abcdefULL, -1LL, (SIZE_T)9, 70000, 0x1ff);
    DbgPrint("[%p] [%s] [%10s] [%-6s] [%.2s] [%c]\n", (PVOID)(ULONG_PTR)0xfffff80012345678ULL, "text", "right", "left",
             "cut", 'c');
    DbgPrint("[%S] [%ws] [%ls] [%C] [%wZ] [%Z]\n", L"wide", L"wide", L"wide", L'w', &Empty, NULL);
    DbgPrint("[%s] [%*d] [%.*s] [%%] [%y]\n", NULL, 4, 1, 2, "abc");
    DbgPrint("%d", _snprintf(Buffer, 4, "%s", "abcd"));
    DbgPrint(" %d", _snprintf(Buffer, 4, "%s", "abcde"));
    DbgPrint(" %d", _snprintf(Buffer, sizeof(Buffer), "%d", 12345));
    DbgPrint(" '%s'", Buffer);
    DbgPrint(" %d", sprintf_s(Buffer, 4, "abcd"));
    DbgPrint(" '%s'\n", Buffer);
    DbgPrint("%d", swprintf(Wide, L"%s %S %wZ %d", L"wide", "narrow", &Empty, 3));
    DbgPrint(" '%S'\n", Wide);
    DbgPrint("%600d", 1);
}

typedef struct _ITEM {
    ULONG Key, Value;
} ITEM, *PITEM;

static RTL_GENERIC_COMPARE_RESULTS NTAPI Compare(PRTL_GENERIC_TABLE Table, PVOID One, PVOID Two)
{
    ULONG A = ((PITEM)One)->Key, B = ((PITEM)Two)->Key;
    UNREFERENCED_PARAMETER(Table);
    return A < B ? GenericLessThan : A > B ? GenericGreaterThan : GenericEqual;
}
static PVOID NTAPI Allocate(PRTL_GENERIC_TABLE Table, CLONG Size)
{
    UNREFERENCED_PARAMETER(Table);
    return ExAllocatePoolWithTag(NonPagedPool, Size, 'tseT');
}
static VOID NTAPI Free(PRTL_GENERIC_TABLE Table, PVOID Block)
{
    UNREFERENCED_PARAMETER(Table);
    ExFreePoolWithTag(Block, 'tseT');
}

static ULONG Depth(PRTL_BALANCED_LINKS Node, PULONG Bad)
{
    ULONG Left = Node->LeftChild ? Depth(Node->LeftChild, Bad) : 0;
    ULONG Right = Node->RightChild ? Depth(Node->RightChild, Bad) : 0;
    if ((LONG)Right - (LONG)Left != Node->Balance || Node->Balance < -1 || Node->Balance > 1) {
        ++*Bad;
    }
    if (Node->LeftChild && Node->LeftChild->Parent != Node) {
        ++*Bad;
    }
    if (Node->RightChild && Node->RightChild->Parent != Node) {
        ++*Bad;
    }
    return 1 + max(Left, Right);
}

/* Insert and delete in an order of its own; after each, order and number must be right. */
VOID NTAPI TestTables(PVOID Context)
{
    RTL_GENERIC_TABLE Splay;
    RTL_AVL_TABLE Avl;
    BOOLEAN Present[128] = {0}, New;
    ULONG Seed = 1, Count = 0, Bad = 0;
    RTL_BITMAP Map;
    ULONG Bits[3];
    UNREFERENCED_PARAMETER(Context);
    RtlInitializeGenericTable(&Splay, Compare, Allocate, Free, NULL);
    RtlInitializeGenericTableAvl(&Avl, (PRTL_AVL_COMPARE_ROUTINE)Compare, (PRTL_AVL_ALLOCATE_ROUTINE)Allocate,
                                 (PRTL_AVL_FREE_ROUTINE)Free, NULL);
    for (ULONG Round = 0; Round < 600; Round++) {
        ITEM Item = {RtlRandom(&Seed) % RTL_NUMBER_OF(Present), Round};
        PITEM Found;
        PVOID Restart = NULL, RestartAvl = NULL;
        ULONG Key = 0;
        if (RtlRandom(&Seed) % 3) {
            RtlInsertElementGenericTable(&Splay, &Item, sizeof(Item), &New);
            Bad += New == Present[Item.Key];
            RtlInsertElementGenericTableAvl(&Avl, &Item, sizeof(Item), &New);
            Bad += New == Present[Item.Key];
            Count += New;
            Present[Item.Key] = TRUE;
        } else {
            Bad += RtlDeleteElementGenericTable(&Splay, &Item) != Present[Item.Key];
            Bad += RtlDeleteElementGenericTableAvl(&Avl, &Item) != Present[Item.Key];
            Count -= Present[Item.Key];
            Present[Item.Key] = FALSE;
        }
        Bad += RtlNumberGenericTableElements(&Splay) != Count || RtlNumberGenericTableElementsAvl(&Avl) != Count;
        if (Avl.BalancedRoot.RightChild) {
            Bad += Depth(Avl.BalancedRoot.RightChild, &Bad) != Avl.DepthOfTree;
        }
        if (Round % 20) {
            continue;
        }
        for (; Key < RTL_NUMBER_OF(Present); Key++) {
            if (!Present[Key]) {
                continue;
            }
            Found = RtlEnumerateGenericTableWithoutSplaying(&Splay, &Restart);
            Bad += Found == NULL || Found->Key != Key;
            Found = RtlEnumerateGenericTableWithoutSplayingAvl(&Avl, &RestartAvl);
            Bad += Found == NULL || Found->Key != Key;
        }
        Bad += RtlEnumerateGenericTableWithoutSplaying(&Splay, &Restart) != NULL;
    }
    DbgPrint("tables %u bad, %u left\n", Bad, Count);
    RtlInitializeBitMap(&Map, Bits, 80);
    RtlClearAllBits(&Map);
    RtlSetBits(&Map, 3, 40);
    DbgPrint("bits %u %u %d %u\n", RtlNumberOfSetBits(&Map), RtlFindClearBits(&Map, 5, 0),
             RtlFindClearBits(&Map, 50, 0), RtlFindClearBitsAndSet(&Map, 4, 50));
    DbgPrint("are %u %u %u\n", RtlAreBitsSet(&Map, 50, 4), RtlAreBitsSet(&Map, 50, 5), RtlAreBitsClear(&Map, 70, 10));
}
