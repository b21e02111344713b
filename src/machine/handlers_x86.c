/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers_x86.c - handlers.c, where addresses and what is pushed have 4 bytes. */
#define WORD              4
#define OPERATION_HANDLER operation_handler_x86
#include "handlers.c"
