/* SPDX-License-Identifier: MIT */
/* library - the library of this project, include/airlock.h. */
#include <airlock.h>

#define RemedyRegisterFilter   AirlockRegisterFilter
#define RemedyComplete()       AirlockComplete()
#define RemedyUnregisterFilter AirlockUnregisterFilter
