/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model.c - NtModel from the options /OS=xp|win7|win8 and /MODEL:switch=choice. */
#include "init.h"

NT_MODEL NtModel = {MODEL_WIN7,
#define MODEL_DEFAULT(field, name, value, choices, text) value,
                    MODEL_SWITCHES(MODEL_DEFAULT)
#undef MODEL_DEFAULT
};

static const struct {
    PCSTR Name;
    PCSTR Choices; /* separated by commas; the number of the choice is the value */
    PUCHAR Field;
} ModelSwitches[] = {
#define MODEL_ENTRY(field, name, value, choices, text) {name, choices, &NtModel.field},
    MODEL_SWITCHES(MODEL_ENTRY)
#undef MODEL_ENTRY
};

/* Which of the choices the text is; -1 = none. */
static LONG ModelChoice(PCSTR Choices, PCSTR Text)
{
    for (LONG Number = 0;; Number++) {
        PCSTR t = Text;
        while (*Choices && *Choices != ',' && *Choices == *t) {
            Choices++;
            t++;
        }
        if (!*t && (!*Choices || *Choices == ',')) {
            return Number;
        }
        while (*Choices && *Choices != ',') {
            Choices++;
        }
        if (!*Choices) {
            return -1;
        }
        Choices++;
    }
}

static VOID ModelComplain(PCSTR Text)
{
    static const CHAR Prefix[] = "nt: unknown option value: ";
    SIZE_T Length = 0;

    while (Text[Length]) {
        Length++;
    }
    HvPrint(Prefix, sizeof(Prefix) - 1);
    HvPrint(Text, Length);
    HvPrint("\n", 1);
}

static VOID ModelSet(PCSTR Choices, PCSTR Value, PUCHAR Field)
{
    LONG Choice = ModelChoice(Choices, Value);
    if (Choice >= 0) {
        *Field = (UCHAR)Choice;
    } else {
        ModelComplain(Value);
    }
}

static VOID ModelSetSwitch(PCSTR Name, PCSTR Value)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(ModelSwitches); i++) {
        if (ModelChoice(ModelSwitches[i].Name, Name) == 0) {
            ModelSet(ModelSwitches[i].Choices, Value, ModelSwitches[i].Field);
            return;
        }
    }
    ModelComplain(Name);
}

VOID NtModelInitialize(VOID)
{
    PCSTR Os = InitOption("OS"), Name, Value;
    ULONG Cookie = 0;

    if (Os) {
        ModelSet("xp,win7,win8", Os, &NtModel.Os);
    }
    while (InitNextOption("MODEL", &Cookie, &Name, &Value)) {
        ModelSetSwitch(Name, Value);
    }
}
