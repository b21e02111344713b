/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "checkpoint.h"
#include "embedded.h"
#include "profile.h"

/* What the loader of Windows 8 and later puts into an image with the default cookie: any other value. */
#define LOADER_COOKIE 0x00004a1f6c83d597ull

/* The miniature NT for one architecture, read once. */
typedef struct {
    const struct lab_embedded_file *files;
    image *images[LAB_SYSTEM_IMAGES];
    size_t count;
    char version[9];
} system_images;

static system_images *system_of(image_machine machine)
{
    static system_images x64 = {.files = lab_embedded_x64}, x86 = {.files = lab_embedded_x86};
    return machine == IMAGE_X64 ? &x64 : &x86;
}

static bool is_image(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && (!strcmp(name + length - 4, ".exe") || !strcmp(name + length - 4, ".dll") ||
                          !strcmp(name + length - 4, ".sys"));
}

static const system_images *open_system(image_machine machine)
{
    system_images *s = system_of(machine);
    struct sha256_ctx hash;
    uint8_t digest[4];
    if (s->count) {
        return s;
    }
    sha256_init(&hash);
    for (const struct lab_embedded_file *file = s->files; file->name; file++) {
        sha256_update(&hash, file->size, file->bytes);
        if (is_image(file->name) && s->count < LAB_SYSTEM_IMAGES &&
            image_open(file->name, file->bytes, file->size, &s->images[s->count]) == IMAGE_OK) {
            s->count++;
        }
    }
    sha256_digest(&hash, sizeof digest, digest);
    snprintf(s->version, sizeof s->version, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    return s;
}

const char *lab_version(image_machine machine) { return open_system(machine)->version; }

lab_status lab_fail(lab *l, lab_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(l->error, sizeof l->error, format, args);
    va_end(args);
    return status;
}

static lab_status boot(lab *l)
{
    char options[2048];
    if (lab_scenario_wrong(&l->scenario, l->error)) {
        return LAB_BAD_SCENARIO;
    }
    const system_images *s = open_system(image_arch(l->scenario.driver));
    if (!lab_boot_options(&l->scenario, options, sizeof options)) {
        return lab_fail(l, LAB_BAD_SCENARIO, "the scenario does not fit into the boot options");
    }
    for (size_t i = 0; i < s->count; i++) {
        if (machine_add_image(l->m, s->images[i], true) != MACHINE_OK) {
            return lab_fail(l, LAB_NOT_BOOTED, "%s does not fit", image_name(s->images[i]));
        }
    }
    for (size_t i = 0; i <= l->scenario.companion_count; i++) {
        const image *driver = i ? l->scenario.companions[i - 1] : l->scenario.driver;
        if (machine_add_image(l->m, driver, false) != MACHINE_OK) {
            return lab_fail(l, LAB_BAD_SCENARIO, "%s does not fit into memory beside the other drivers",
                            image_name(driver));
        }
    }
    machine_set_export_filter(l->m, profile_export, &l->scenario);
    machine_set_cookie(l->m, l->scenario.os >= LAB_WIN8 ? LOADER_COOKIE : 0);
    if (l->scenario.budget) {
        machine_set_budget(l->m, l->scenario.budget);
    }
    machine_status status = machine_boot(l->m, options);
    if (status != MACHINE_OK) {
        return lab_fail(l, LAB_NOT_BOOTED, "%s: %s", machine_status_text(status), machine_error(l->m));
    }
    return LAB_OK;
}

static void find_clients(lab *l)
{
    for (uint32_t i = 1; i < MACHINE_THREADS; i++) {
        machine_thread info;
        if (machine_thread_info(l->m, i, &info) == MACHINE_OK && info.state != MACHINE_THREAD_NONE) {
            l->load_client = !strcmp(info.label, "load client") ? i : l->load_client;
            l->unload_client = !strcmp(info.label, "unload client") ? i : l->unload_client;
        }
    }
}

lab_status lab_create(const lab_scenario *scenario, lab **out, char error[256])
{
    *out = NULL;
    lab *l = calloc(1, sizeof *l);
    if (!l) {
        return LAB_NO_MEMORY;
    }
    l->scenario = *scenario;
    l->m = machine_create(lab_is_wide(l) ? MACHINE_X64 : MACHINE_X86);
    lab_status status = l->m ? boot(l) : lab_fail(l, LAB_NO_MEMORY, "%s", machine_status_text(MACHINE_CPU_FAILED));
    if (status != LAB_OK) {
        if (error) {
            snprintf(error, 256, "%s", l->error);
        }
        lab_destroy(l);
        return status;
    }
    find_clients(l);
    l->start = machine_save(l->m);
    *out = l;
    return LAB_OK;
}

void lab_destroy(lab *l)
{
    if (l) {
        checkpoint_close(l->checkpoint);
        meetings_free(&l->meetings);
        machine_destroy(l->m);
        free(l);
    }
}

const char *lab_error(const lab *l) { return l->error; }
const lab_scenario *lab_scenario_of(const lab *l) { return &l->scenario; }
machine *lab_machine(lab *l) { return l->m; }
bool lab_is_wide(const lab *l) { return image_arch(l->scenario.driver) == IMAGE_X64; }

bool lab_is_user_address(const lab *l, uint64_t address)
{
    return address < (lab_is_wide(l) ? 0x800000000000ull : 0x80000000ull);
}

const struct nt_layout *lab_layout(const lab *l)
{
    static const struct nt_layout x64 = LAYOUT_X64, x86 = LAYOUT_X86;
    return lab_is_wide(l) ? &x64 : &x86;
}

uint64_t lab_word(lab *l, uint64_t address)
{
    uint64_t value = 0;
    size_t size = lab_is_wide(l) ? 8 : 4;
    return machine_read(l->m, address, &value, size) == size ? value : 0;
}
uint32_t lab_load_client(const lab *l) { return l->load_client; }
uint32_t lab_unload_client(const lab *l) { return l->unload_client; }
void lab_rewind(lab *l) { machine_restore(l->m, l->start); }
size_t lab_shared_words(const lab *l) { return l->shared_words; }
size_t lab_point_words(const lab *l) { return l->point_words; }

uint32_t lab_default_thread(lab *l, uint32_t running)
{
    uint32_t ready[MACHINE_THREADS], timed[MACHINE_THREADS], first = 0;
    size_t ready_count, timed_count;
    machine_enabled(l->m, ready, &ready_count, timed, &timed_count);
    for (size_t i = 0; i < ready_count; i++) {
        if (ready[i] == running) {
            return running;
        }
    }
    if (ready_count) {
        return ready[0];
    }
    uint64_t due = UINT64_MAX;
    for (size_t i = 0; i < timed_count; i++) {
        machine_thread info;
        machine_thread_info(l->m, timed[i], &info);
        if (info.due < due) {
            due = info.due;
            first = timed[i];
        }
    }
    return first;
}
