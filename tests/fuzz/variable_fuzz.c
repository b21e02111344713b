/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variable_fuzz.c - any bytes at all, opened as a PE file, whose debug information is asked what lies in its sections. */
#include "image.h"
#include "variable.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    image *img;
    char name[96];
    if (image_open("fuzz.sys", data, size, &img) != IMAGE_OK)
        return 0;
    for (uint32_t rva = 0; rva < 0x8000; rva += 0x1008) {
        if (variable_name(img, rva, name, sizeof name) && (!name[0] || memchr(name, 0, sizeof name) == NULL))
            abort();
    }
    image_close(img);
    return 0;
}
