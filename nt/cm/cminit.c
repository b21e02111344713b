/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cminit.c - the registry at boot: what an installed minifilter's INF would have written, for each service named in the
 * options, so that any minifilter loads; then the values that the user gives: numbers, texts, lists of texts.
 *
 *   Services\<service>              ImagePath, Type 2, Start 3, ErrorControl 1, Group, DependOnService
 *   Services\<service>\Instances    DefaultInstance "<service> Instance"
 *   ...\<service> Instance          Altitude 370030 (one more for each further service), Flags 0
 */
#include "cm.h"
#include "init.h"

#define CMP_TEXT 300

/* Exported: 0, not a safe boot. */
ULONG InitSafeBootMode;

typedef struct _CMP_TEXT_BUFFER {
    UNICODE_STRING Text;
    WCHAR Buffer[CMP_TEXT];
} CMP_TEXT_BUFFER;

static VOID CmpAppendAscii(CMP_TEXT_BUFFER *To, PCSTR From, ULONG Count)
{
    for (ULONG i = 0; i < Count && From[i] && To->Text.Length < (CMP_TEXT - 1) * sizeof(WCHAR); i++) {
        To->Buffer[To->Text.Length / sizeof(WCHAR)] = (UCHAR)From[i];
        To->Text.Length += sizeof(WCHAR);
    }
    To->Buffer[To->Text.Length / sizeof(WCHAR)] = 0;
}

static PUNICODE_STRING CmpText(CMP_TEXT_BUFFER *To, PCSTR First, PCSTR Second)
{
    To->Text.Length = 0;
    To->Text.MaximumLength = sizeof(To->Buffer);
    To->Text.Buffer = To->Buffer;
    CmpAppendAscii(To, First, CMP_TEXT);
    CmpAppendAscii(To, Second, CMP_TEXT);
    return &To->Text;
}

static VOID CmpSetText(PCM_KEY Key, PCSTR Name, ULONG Type, PCSTR First, PCSTR Second)
{
    CMP_TEXT_BUFFER NameText, Text;

    CmpText(&NameText, Name, "");
    CmpText(&Text, First, Second);
    CmpSetValue(Key, &NameText.Text, Type, Text.Buffer,
                Text.Text.Length + (Type == REG_MULTI_SZ ? 2 : 1) * (ULONG)sizeof(WCHAR));
}

static VOID CmpSetNumber(PCM_KEY Key, PCSTR Name, ULONG Number)
{
    CMP_TEXT_BUFFER NameText;

    CmpSetValue(Key, CmpText(&NameText, Name, ""), REG_DWORD, &Number, sizeof(Number));
}

static PCM_KEY CmpMakeKey(PCM_KEY Root, PCSTR First, PCSTR Second)
{
    CMP_TEXT_BUFFER Path;

    return CmpCreateKey(Root, CmpText(&Path, First, Second), NULL);
}

static PCM_KEY CmpMakeService(PCSTR Service, PCSTR File, ULONG Number)
{
    PCM_KEY Key = CmpMakeKey(CmpServicesKey, Service, ""), Instances, Instance;
    char Altitude[] = "370030";

    Altitude[5] = (char)('0' + Number % 10);
    CmpSetText(Key, "ImagePath", REG_EXPAND_SZ, "\\SystemRoot\\System32\\drivers\\", File);
    CmpSetText(Key, "DisplayName", REG_SZ, Service, "");
    CmpSetNumber(Key, "Type", 2);  /* SERVICE_FILE_SYSTEM_DRIVER */
    CmpSetNumber(Key, "Start", 3); /* on demand */
    CmpSetNumber(Key, "ErrorControl", 1);
    CmpSetText(Key, "Group", REG_SZ, "FSFilter Activity Monitor", "");
    CmpSetText(Key, "DependOnService", REG_MULTI_SZ, "FltMgr", "");
    Instances = CmpMakeKey(Key, "Instances", "");
    CmpSetText(Instances, "DefaultInstance", REG_SZ, Service, " Instance");
    Instance = CmpMakeKey(Instances, Service, " Instance");
    CmpSetText(Instance, "Altitude", REG_SZ, Altitude, "");
    CmpSetNumber(Instance, "Flags", 0);
    CmpMakeKey(Key, "Parameters", "");
    return Key;
}

static ULONG CmpParseNumber(PCSTR Text, PBOOLEAN IsNumber)
{
    ULONG Base = Text[0] == '0' && (Text[1] | 0x20) == 'x' ? 16 : 10, Value = 0;

    Text += Base == 16 ? 2 : 0;
    *IsNumber = *Text != 0;
    for (; *Text; Text++) {
        ULONG Digit = *Text <= '9' ? (ULONG)(*Text - '0') : (ULONG)((*Text | 0x20) - 'a' + 10);
        if (Digit >= Base) {
            *IsNumber = FALSE;
            return 0;
        }
        Value = Value * Base + Digit;
    }
    return Value;
}

/* Texts separated by \0, as `reg add /t REG_MULTI_SZ` takes them. FALSE: it is a single one. */
static BOOLEAN CmpSetList(PCM_KEY Key, PCSTR Name, PCSTR Value)
{
    CMP_TEXT_BUFFER NameText, Text;
    BOOLEAN IsList = FALSE;

    memset(Text.Buffer, 0, sizeof(Text.Buffer));
    CmpText(&Text, "", "");
    for (PCSTR c = Value; *c && Text.Text.Length < (CMP_TEXT - 2) * sizeof(WCHAR); c++) {
        if (c[0] == '\\' && c[1] == '0') {
            IsList = TRUE;
            Text.Text.Length += sizeof(WCHAR); /* over the zero behind the text */
            c++;
        } else {
            CmpAppendAscii(&Text, c, 1);
        }
    }
    if (IsList) {
        CmpText(&NameText, Name, "");
        CmpSetValue(Key, &NameText.Text, REG_MULTI_SZ, Text.Buffer, Text.Text.Length + 2 * (ULONG)sizeof(WCHAR));
    }
    return IsList;
}

/* "path\name" = value */
static VOID CmpSetOption(PCM_KEY FirstService, PCSTR Name, PCSTR Value)
{
    PCM_KEY Key = FirstService;
    CMP_TEXT_BUFFER Path;
    BOOLEAN IsNumber;
    ULONG Number = CmpParseNumber(Value, &IsNumber), Slash = 0;

    for (ULONG i = 0; Name[i]; i++) {
        if (Name[i] == '\\') {
            Slash = i + 1;
        }
    }
    if (Slash) {
        CmpText(&Path, "", "");
        CmpAppendAscii(&Path, Name, Slash - 1);
        Key = CmpCreateKey(Name[0] == '\\' ? NULL : CmpServicesKey, &Path.Text, NULL);
    }
    if (!Key) {
        return;
    }
    if (IsNumber) {
        CmpSetNumber(Key, Name + Slash, Number);
    } else if (!CmpSetList(Key, Name + Slash, Value)) {
        CmpSetText(Key, Name + Slash, REG_SZ, Value, "");
    }
}

VOID CmInitSystem(VOID)
{
    static const UNICODE_STRING Services =
        RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services");
    char ServiceName[] = "SERVICE2", FileName[] = "FILE2";
    PCSTR Service = InitOption("SERVICE"), File = InitOption("FILE"), Name, Value;
    PCM_KEY First = NULL, FltMgr;
    ULONG Number = 0, Cookie = 0;

    CmpServicesKey = CmpCreateKey(NULL, &Services, NULL);
    FltMgr = CmpMakeKey(CmpServicesKey, "FltMgr", "");
    CmpSetNumber(FltMgr, "Type", 2);
    CmpSetNumber(FltMgr, "Start", 0);
    CmpMakeKey(NULL, "\\Registry\\Machine\\System\\CurrentControlSet\\Control", "");
    CmpMakeKey(NULL, "\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion", "");
    CmpMakeKey(NULL, "\\Registry\\User", "");
    while (Service && File && Number < 8) {
        PCM_KEY Key = CmpMakeService(Service, File, Number);
        First = First ? First : Key;
        ServiceName[7] = FileName[4] = (char)('2' + Number++);
        Service = InitOption(ServiceName);
        File = InitOption(FileName);
    }
    while (InitNextOption("REG", &Cookie, &Name, &Value)) {
        CmpSetOption(First, Name, Value);
    }
    CmpInitKeyObjects();
}
