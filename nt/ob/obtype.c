/* SPDX-License-Identifier: GPL-2.0-or-later */
/* obtype.c - the object types, exported as data under their public names. */
#include "ob.h"

#define OBP_TYPE(Variable, Text, Wait) struct _OBJECT_TYPE Variable = {RTL_CONSTANT_STRING(Text), NULL, NULL, Wait}

static OBP_TYPE(ObpProcessTypeObject, L"Process", TRUE);
static OBP_TYPE(ObpThreadTypeObject, L"Thread", TRUE);
static OBP_TYPE(ObpFileTypeObject, L"File", FALSE);
static OBP_TYPE(ObpDriverTypeObject, L"Driver", FALSE);
static OBP_TYPE(ObpDeviceTypeObject, L"Device", FALSE);
static OBP_TYPE(ObpEventTypeObject, L"Event", TRUE);
static OBP_TYPE(ObpSemaphoreTypeObject, L"Semaphore", TRUE);
static OBP_TYPE(ObpKeyTypeObject, L"Key", FALSE);
static OBP_TYPE(ObpSectionTypeObject, L"Section", FALSE);
static OBP_TYPE(ObpTokenTypeObject, L"Token", FALSE);
static OBP_TYPE(ObpJobTypeObject, L"Job", TRUE);
static OBP_TYPE(ObpLpcPortTypeObject, L"ALPC Port", FALSE);
static OBP_TYPE(ObpTransactionTypeObject, L"TmTx", FALSE);
OBP_TYPE(ObpMutantTypeObject, L"Mutant", TRUE);
OBP_TYPE(ObpTimerTypeObject, L"Timer", TRUE);
OBP_TYPE(ObpCallbackTypeObject, L"Callback", FALSE);
OBP_TYPE(ObpDirectoryTypeObject, L"Directory", FALSE);
OBP_TYPE(ObpSymbolicLinkTypeObject, L"SymbolicLink", FALSE);
OBP_TYPE(ObpPortTypeObject, L"FilterConnectionPort", FALSE);

POBJECT_TYPE ObpProcessType = &ObpProcessTypeObject;
POBJECT_TYPE ObpThreadType = &ObpThreadTypeObject;
POBJECT_TYPE ObpFileType = &ObpFileTypeObject;
POBJECT_TYPE ObpDriverType = &ObpDriverTypeObject;
POBJECT_TYPE ObpDeviceType = &ObpDeviceTypeObject;
POBJECT_TYPE ObpEventType = &ObpEventTypeObject;
POBJECT_TYPE ObpSemaphoreType = &ObpSemaphoreTypeObject;
POBJECT_TYPE ObpKeyType = &ObpKeyTypeObject;
POBJECT_TYPE ObpSectionType = &ObpSectionTypeObject;
POBJECT_TYPE ObpTokenType = &ObpTokenTypeObject;

/* Types of which there are no objects here. */
extern POBJECT_TYPE ObpJobType NT_DATA(PsJobType), ObpLpcPortType NT_DATA(LpcPortObjectType),
    ObpTransactionType NT_DATA(TmTransactionObjectType);
POBJECT_TYPE ObpJobType = &ObpJobTypeObject;
POBJECT_TYPE ObpLpcPortType = &ObpLpcPortTypeObject;
POBJECT_TYPE ObpTransactionType = &ObpTransactionTypeObject;

VOID ObpSetTypeMethods(POBJECT_TYPE Type, OB_OBJECT_METHOD *Delete, OB_OBJECT_METHOD *Close)
{
    Type->Delete = Delete;
    Type->Close = Close;
}
