/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules.c - images in guest memory: mapping, binding of imports, unloading.
 *
 * Each image of the store has a slot of addresses; each load of it in one execution takes the next place there, so that a
 * stale address never hits a newer copy, and an address always shows the same code.
 */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static module_entry *find_by_name(machine *m, const char *name)
{
    for (uint32_t i = 0; i < m->module_count; i++) {
        if (!strcasecmp(image_name(m->modules[i].img), name)) {
            return &m->modules[i];
        }
    }
    return NULL;
}

/* Where the image is mapped now, 0 = nowhere. */
static uint64_t loaded_base(const machine *m, const module_entry *entry)
{
    uint32_t index = (uint32_t)(entry - m->modules);
    for (uint32_t i = m->v.record_count; i-- > 0;) {
        if (m->v.load[i].module == index && m->v.load[i].loaded) {
            return m->v.load[i].base;
        }
    }
    return 0;
}

int module_index_at(const machine *m, uint64_t address)
{
    for (uint32_t i = m->v.record_count; i-- > 0;) {
        if (address - m->v.load[i].base < m->v.load[i].size) {
            return (int)m->v.load[i].module;
        }
    }
    return -1;
}

/* Imports ----------------------------------------------------------------------------------------------------------- */

static uint64_t resolve(machine *m, const module_entry *exporter, const char *name, uint32_t ordinal, int depth);

static module_entry *find_by_stem(machine *m, const char *stem, size_t length)
{
    for (uint32_t i = 0; i < m->module_count; i++) {
        const char *name = image_name(m->modules[i].img);
        if (!strncasecmp(name, stem, length) && name[length] == '.') {
            return &m->modules[i];
        }
    }
    return NULL;
}

static uint64_t follow_forwarder(machine *m, const char *forwarder, int depth)
{
    const char *dot = strrchr(forwarder, '.');
    module_entry *target = dot && depth < 8 ? find_by_stem(m, forwarder, (size_t)(dot - forwarder)) : NULL;
    if (!target) {
        return 0;
    }
    bool by_ordinal = dot[1] == '#';
    return resolve(m, target, by_ordinal ? NULL : dot + 1, by_ordinal ? (uint32_t)strtoul(dot + 2, NULL, 10) : 0,
                   depth + 1);
}

static uint64_t resolve(machine *m, const module_entry *exporter, const char *name, uint32_t ordinal, int depth)
{
    const image_export *found =
        name ? image_find_export(exporter->img, name) : image_find_ordinal(exporter->img, ordinal);
    uint64_t base = exporter->trusted ? exporter->slot : loaded_base(m, exporter);
    if (!found || !base) {
        return 0;
    }
    return found->forwarder ? follow_forwarder(m, found->forwarder, depth) : base + found->rva;
}

static uint32_t bind(machine *m, const module_entry *entry, uint8_t *bytes, char *missing, size_t missing_size)
{
    const image_import *imports;
    size_t count = image_imports(entry->img, &imports);
    for (size_t i = 0; i < count; i++) {
        const image_import *import = &imports[i];
        module_entry *exporter = find_by_name(m, import->module);
        if (!exporter || (!exporter->trusted && !loaded_base(m, exporter))) {
            snprintf(missing, missing_size, "%s", import->module);
            return HV_IMAGE_MISSING_MODULE;
        }
        const char *name = import->name;
        if (name && !entry->trusted && m->filter) {
            name = m->filter(m->filter_context, image_name(exporter->img), name);
        }
        uint64_t address = name || !import->name ? resolve(m, exporter, name, import->ordinal, 0) : 0;
        if (!address) {
            if (import->name) {
                snprintf(missing, missing_size, "%s!%s", import->module, import->name);
            } else {
                snprintf(missing, missing_size, "%s!#%u", import->module, import->ordinal);
            }
            return HV_IMAGE_MISSING_EXPORT;
        }
        memcpy(bytes + import->slot, &address, m->arch->word);
    }
    return HV_IMAGE_OK;
}

/* Mapping ----------------------------------------------------------------------------------------------------------- */

static bool binds_to_drivers(machine *m, const module_entry *entry)
{
    const image_import *imports;
    size_t count = image_imports(entry->img, &imports);
    for (size_t i = 0; i < count; i++) {
        module_entry *exporter = find_by_name(m, imports[i].module);
        if (exporter && !exporter->trusted) {
            return true;
        }
    }
    return false;
}

#define BEHIND_IMAGE 32u /* zeroes, for special_scan */

/* entry->prepared holds the image for `base`, bound. */
static uint32_t prepare(machine *m, module_entry *entry, uint64_t base, char *missing, size_t missing_size)
{
    if (entry->prepared_base == base) {
        return HV_IMAGE_OK;
    }
    uint32_t size = image_size(entry->img);
    if (!entry->prepared && !(entry->prepared = malloc(size + BEHIND_IMAGE))) {
        return HV_IMAGE_INVALID;
    }
    entry->prepared_base = 0;
    if (image_layout(entry->img, base, m->cookie, entry->prepared) != IMAGE_OK) {
        return HV_IMAGE_INVALID;
    }
    memset(entry->prepared + size, 0, BEHIND_IMAGE);
    uint32_t status = bind(m, entry, entry->prepared, missing, missing_size);
    if (status == HV_IMAGE_OK) {
        uint8_t *to = window_of(m, base)->host + (base - window_of(m, base)->base);
        memcpy(to, entry->prepared, size);
        interpret_forget(m, base, size);
        entry->prepared_base = binds_to_drivers(m, entry) ? 0 : base;
    }
    return status;
}

static void map_section(machine *m, const module_entry *entry, uint64_t base, const image_section *section, bool fresh)
{
    uint8_t bits = (uint8_t)((section->readable ? PAGE_R : 0) | (section->writable ? PAGE_W : 0) |
                             (entry->trusted ? 0 : PAGE_DRIVER));
    if (section->executable) {
        bits |= PAGE_X;
        for (uint32_t at = 0; at < section->size; at += PAGE_BYTES) {
            bool special = section->writable || special_scan(m, entry->prepared + section->rva + at, PAGE_BYTES);
            memory_set_pages(m, base + section->rva + at, PAGE_BYTES, (uint8_t)(bits | (special ? PAGE_SPECIAL : 0)),
                             section->writable ? HV_PAGE_VALID : HV_PAGE_READ_ONLY);
        }
    } else {
        memory_set_pages(m, base + section->rva, section->size, bits,
                         section->writable ? HV_PAGE_VALID : HV_PAGE_READ_ONLY);
    }
    if (section->writable && !fresh) {
        window *w = window_of(m, base);
        memcpy(w->host + (base - w->base) + section->rva, entry->prepared + section->rva, section->size);
    }
}

static void map(machine *m, const module_entry *entry, uint64_t base, bool fresh)
{
    const image_section *sections;
    size_t count = image_sections(entry->img, &sections);
    memory_set_pages(m, base, PAGE_BYTES, (uint8_t)(PAGE_R | (entry->trusted ? 0 : PAGE_DRIVER)), HV_PAGE_READ_ONLY);
    for (size_t i = 0; i < count; i++) {
        map_section(m, entry, base, &sections[i], fresh);
    }
}

static bool add_record(machine *m, const module_entry *entry, uint64_t base)
{
    if (m->v.record_count == MAX_LOADED) {
        return false;
    }
    load_record record = {(uint32_t)(entry - m->modules), 1, base, image_size(entry->img)};
    CHANGE(m, m->v.load[m->v.record_count], record);
    CHANGE(m, m->v.record_count, m->v.record_count + 1);
    return true;
}

static uint32_t map_at(machine *m, module_entry *entry, uint64_t base, char *missing, size_t missing_size)
{
    bool fresh = entry->prepared_base != base;
    uint32_t status = prepare(m, entry, base, missing, missing_size);
    if (status == HV_IMAGE_OK) {
        if (!add_record(m, entry, base)) {
            return HV_IMAGE_INVALID;
        }
        map(m, entry, base, fresh);
    }
    return status;
}

/* Images begin where Windows lets them begin: at multiples of 64 KiB. */
static uint64_t step_of(const image *img) { return (image_size(img) + 0xffffull) & ~0xffffull; }

static uint64_t slot_size(const machine *m, const image *img)
{
    uint64_t step = step_of(img);
    return step * LARGE_IMAGE_LOADS <= m->arch->image_slot ? m->arch->image_slot : step * LARGE_IMAGE_LOADS;
}

static uint64_t next_base(machine *m, const module_entry *entry)
{
    uint64_t step = step_of(entry->img);
    uint32_t generation = m->v.generation[entry - m->modules];
    return step * (generation + 1) <= slot_size(m, entry->img) ? entry->slot + step * generation : 0;
}

static uint32_t list_imports(const image *img, char (*names)[64], uint32_t capacity)
{
    const image_import *imports;
    size_t count = image_imports(img, &imports);
    uint32_t listed = 0;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < listed && !known; k++) {
            known = !strcasecmp(names[k], imports[i].module);
        }
        if (!known && listed < capacity) {
            snprintf(names[listed++], 64, "%s", imports[i].module);
        }
    }
    return listed;
}

static uint32_t load(machine *m, struct hv_image *image)
{
    module_entry *entry = find_by_name(m, image->name);
    if (!entry || entry->trusted) {
        return HV_IMAGE_NOT_FOUND;
    }
    if (image_arch(entry->img) != m->arch->image) {
        return HV_IMAGE_INVALID;
    }
    uint64_t base = next_base(m, entry);
    if (!base) {
        return HV_IMAGE_INVALID;
    }
    uint32_t status = map_at(m, entry, base, image->missing, sizeof image->missing);
    if (status != HV_IMAGE_OK) {
        return status;
    }
    uint32_t index = (uint32_t)(entry - m->modules), exception_size;
    CHANGE(m, m->v.generation[index], m->v.generation[index] + 1);
    image->base = base;
    image->size = image_size(entry->img);
    image->entry = base + image_entry(entry->img);
    image->exception_directory = image_exception_directory(entry->img, &exception_size);
    image->exception_directory += image->exception_directory ? base : 0;
    image->exception_size = exception_size;
    image->timestamp = image_timestamp(entry->img);
    image->checksum = image_checksum(entry->img);
    image->import_count = list_imports(entry->img, image->imports, 16);
    return HV_IMAGE_OK;
}

uint32_t module_load(machine *m, uint64_t request)
{
    struct hv_image image;
    const uint8_t *at = memory_host(m, request, sizeof image, PAGE_R | PAGE_W);
    if (!at) {
        return HV_IMAGE_INVALID;
    }
    memset(&image, 0, sizeof image);
    memcpy(image.name, at, sizeof image.name - 1);
    uint32_t status = load(m, &image);
    size_t used = status == HV_IMAGE_OK ? offsetof(struct hv_image, imports) + image.import_count * 64 : 0;
    memory_write(m, request, &image, used);
    memory_write(m, request + offsetof(struct hv_image, missing), image.missing, sizeof image.missing);
    return status;
}

void module_unload(machine *m, uint64_t base)
{
    for (uint32_t i = 0; i < m->v.record_count; i++) {
        load_record *record = &m->v.load[i];
        if (record->loaded && record->base == base) {
            CHANGE(m, record->loaded, 0);
            memory_set_pages(m, base, record->size, 0, HV_PAGE_UNLOADED);
            if (m->recording) {
                sharing_image(m, record->module, true);
                if (m->raced && !m->atomic_depth) {
                    machine_pend(m, PEND_POINT);
                }
            }
        }
    }
}

void module_free_init(machine *m, uint64_t base)
{
    int index = module_index_at(m, base);
    const image_section *sections;
    size_t count = index >= 0 ? image_sections(m->modules[index].img, &sections) : 0;
    for (size_t i = 0; i < count; i++) {
        if (sections[i].discardable && sections[i].executable) {
            memory_set_pages(m, base + sections[i].rva, sections[i].size, 0, HV_PAGE_UNLOADED);
        }
    }
}

/* Boot --------------------------------------------------------------------------------------------------------------- */

static uint64_t slots_taken(const machine *m)
{
    uint64_t taken = 0;
    for (uint32_t i = 0; i < m->module_count; i++) {
        taken += m->modules[i].trusted ? 0 : slot_size(m, m->modules[i].img);
    }
    return taken;
}

static bool fits(const machine *m, const image *img, bool trusted)
{
    if (trusted) {
        return image_size(img) <= m->arch->system_size / 2;
    }
    return image_size(img) <= MACHINE_IMAGE_MOST && slots_taken(m) + slot_size(m, img) <= m->arch->image_space;
}

machine_status machine_add_image(machine *m, const image *img, bool trusted)
{
    if (m->module_count == MAX_MODULES || !fits(m, img, trusted)) {
        return MACHINE_BAD_IMAGE;
    }
    m->modules[m->module_count++] = (module_entry){.img = img, .trusted = trusted};
    return MACHINE_OK;
}

/* The system image and libraries lie in the system window, trusted drivers and untrusted ones in theirs. */
static void place(machine *m)
{
    const arch *a = m->arch;
    uint64_t system = a->system_first, trusted = a->trusted_first;
    uint64_t untrusted = a->slots_descend ? a->image_first + a->image_slot : a->image_first;
    for (uint32_t i = 0; i < m->module_count; i++) {
        module_entry *entry = &m->modules[i];
        uint64_t step = step_of(entry->img), slot = slot_size(m, entry->img);
        if (!entry->trusted) {
            entry->slot = a->slots_descend ? untrusted - slot : untrusted;
            untrusted = a->slots_descend ? untrusted - slot : untrusted + slot;
        } else if (i == 0 || image_is_dll(entry->img)) {
            entry->slot = i && system < a->library_first ? a->library_first : system;
            system = entry->slot + step;
        } else {
            entry->slot = trusted;
            trusted += step;
        }
    }
}

bool module_map_trusted(machine *m, struct hv_loader_block *block)
{
    place(m);
    for (uint32_t i = 0; i < m->module_count; i++) {
        module_entry *entry = &m->modules[i];
        char missing[128] = "";
        if (!entry->trusted) {
            continue;
        }
        uint32_t status = map_at(m, entry, entry->slot, missing, sizeof missing);
        if (status != HV_IMAGE_OK) {
            machine_fail(m, "%s: cannot be mapped (%u) %s", image_name(entry->img), status, missing);
            return false;
        }
        struct hv_module *module = &block->module[block->module_count++];
        uint32_t size;
        snprintf(module->name, sizeof module->name, "%s", image_name(entry->img));
        module->base = entry->slot;
        module->size = image_size(entry->img);
        module->entry = entry->slot + image_entry(entry->img);
        module->exception_directory = image_exception_directory(entry->img, &size);
        module->exception_directory += module->exception_directory ? entry->slot : 0;
        module->exception_size = size;
        module->timestamp = image_timestamp(entry->img);
    }
    return true;
}

/* Looking ------------------------------------------------------------------------------------------------------------ */

size_t machine_modules(const machine *m, machine_module *modules, size_t capacity)
{
    size_t count = 0;
    for (uint32_t i = 0; i < m->v.record_count && count < capacity; i++) {
        const load_record *record = &m->v.load[i];
        modules[count++] = (machine_module){m->modules[record->module].img, record->base, record->size,
                                            record->loaded != 0, m->modules[record->module].trusted};
    }
    return count;
}

const machine_module *machine_module_at(const machine *m, uint64_t address)
{
    machine_module *view = ((machine *)m)->module_view;
    size_t count = machine_modules(m, view, MAX_LOADED);
    for (size_t i = count; i-- > 0;) { /* no two records overlap: newest first finds the one */
        if (address - view[i].base < view[i].size) {
            return &view[i];
        }
    }
    return NULL;
}

const image *machine_object_image(const machine *m, uint64_t object)
{
    return object - IMAGE_OBJECT < m->module_count ? m->modules[object - IMAGE_OBJECT].img : NULL;
}
