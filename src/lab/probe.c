/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_table.h"
#include "profile.h"

/* What a probe owns; `public` comes first, so that one pointer serves for both. */
typedef struct {
    probe public;
    probe_table table;
    probe_import *imports; /* of all modules, sorted */
    size_t import_count;
    char (*ordinals)[8]; /* "#65535" */
    const probe_import **stops[PROBE_PROFILES];
} owned_probe;

static int by_module_and_name(const void *a, const void *b)
{
    const probe_import *x = a, *y = b;
    int order = strcmp(x->module, y->module);
    return order != 0 ? order : strcmp(x->name, y->name);
}

static void judge(probe_import *import, const probe_table *table)
{
    const probe_row *row = probe_table_find(table, import->module, import->name);
    import->fidelity = PROBE_MISSING;
    if (row == NULL)
        return;
    import->since = row->since;
    if (strcmp(row->fidelity, "absent") == 0)
        return;
    import->fidelity = strcmp(row->fidelity, "modelled") == 0 ? PROBE_MODELLED : PROBE_APPROXIMATED;
    if (import->fidelity == PROBE_APPROXIMATED && *row->note != '\0')
        import->note = row->note;
}

static size_t drop_repeated(probe_import *imports, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || by_module_and_name(&imports[kept - 1], &imports[i]) != 0)
            imports[kept++] = imports[i];
    }
    return kept;
}

static bool collect_imports(owned_probe *p)
{
    const image_import *all;
    size_t count = image_imports(p->public.img, &all);
    p->imports = calloc(count + 1, sizeof *p->imports);
    p->ordinals = calloc(count + 1, sizeof *p->ordinals);
    if (p->imports == NULL || p->ordinals == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        snprintf(p->ordinals[i], sizeof p->ordinals[i], "#%u", all[i].ordinal);
        p->imports[i].module = all[i].module;
        p->imports[i].name = all[i].name != NULL ? all[i].name : p->ordinals[i];
        judge(&p->imports[i], &p->table);
    }
    qsort(p->imports, count, sizeof *p->imports, by_module_and_name);
    p->import_count = drop_repeated(p->imports, count);
    return true;
}

static void add_to_module(owned_probe *p, const probe_import *import)
{
    probe *public = &p->public;
    probe_module *last = public->module_count != 0 ? &public->modules[public->module_count - 1] : NULL;
    if (last == NULL || strcmp(last->name, import->module) != 0) {
        last = &public->modules[public->module_count++];
        last->name = import->module;
        last->known = probe_table_has_module(&p->table, import->module);
        last->imports = import;
    }
    last->import_count++;
    last->counts[import->fidelity]++;
    public->counts[import->fidelity]++;
}

static bool group_by_module(owned_probe *p)
{
    p->public.modules = calloc(p->import_count + 1, sizeof *p->public.modules);
    if (p->public.modules == NULL)
        return false;
    for (size_t i = 0; i < p->import_count; i++)
        add_to_module(p, &p->imports[i]);
    return true;
}

/* A listed module's exports are all listed, by name. */
bool probe_nobody_has(const probe_module *module, const probe_import *import)
{
    return module->known && import->since == NULL && *import->name != '#';
}

static void add_stop(owned_probe *p, probe_profile *profile, const probe_import *import)
{
    p->stops[profile->os][profile->stop_count++] = import;
    if (import->since == NULL || profile->stop_count == 1)
        profile->first = import->since;
    else if (profile->first != NULL && profile_release(import->since) > profile_release(profile->first))
        profile->first = import->since;
}

static bool judge_profile(owned_probe *p, lab_os os)
{
    probe_profile *profile = &p->public.profiles[os];
    image_machine machine = image_arch(p->public.img);
    bool unknown = false;
    p->stops[os] = calloc(p->import_count + 1, sizeof(const probe_import *));
    if (p->stops[os] == NULL)
        return false;
    profile->os = os;
    profile->stops = p->stops[os];
    for (size_t i = 0; i < p->public.module_count; i++) {
        const probe_module *module = &p->public.modules[i];
        for (size_t k = 0; k < module->import_count; k++) {
            const probe_import *import = &module->imports[k];
            if (import->since != NULL ? !profile_since(machine, os, import->since) : probe_nobody_has(module, import))
                add_stop(p, profile, import);
            unknown = unknown || (import->since == NULL && !probe_nobody_has(module, import));
        }
    }
    profile->verdict = profile->stop_count != 0 ? PROBE_LACKS : unknown ? PROBE_NOT_KNOWN : PROBE_LOADS;
    return true;
}

static bool registers_filter(const owned_probe *p)
{
    for (size_t i = 0; i < p->import_count; i++) {
        if (strcmp(p->imports[i].module, "fltmgr.sys") == 0 && strcmp(p->imports[i].name, "FltRegisterFilter") == 0)
            return true;
    }
    return false;
}

static probe_kind kind_of(const owned_probe *p)
{
    const image *img = p->public.img;
    if (!image_is_native_driver(img))
        return image_is_dll(img) ? PROBE_DLL : PROBE_APPLICATION;
    if (image_entry(img) == 0)
        return PROBE_LIBRARY;
    return registers_filter(p) ? PROBE_MINIFILTER : PROBE_DRIVER;
}

probe *probe_image(const image *img, const char *exports)
{
    owned_probe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->public.img = img;
    p->public.too_large = image_size(img) > PROBE_IMAGE_MOST;
    bool done = probe_table_read(&p->table, exports) && collect_imports(p) && group_by_module(p);
    for (lab_os os = LAB_XP; os <= LAB_WIN8 && done; os++)
        done = judge_profile(p, os);
    if (!done) {
        probe_destroy(&p->public);
        return NULL;
    }
    p->public.kind = kind_of(p);
    return &p->public;
}

void probe_destroy(probe *public)
{
    owned_probe *p = (owned_probe *)public;
    if (p == NULL)
        return;
    for (size_t i = 0; i < PROBE_PROFILES; i++)
        free(p->stops[i]);
    free(p->public.modules);
    free(p->ordinals);
    free(p->imports);
    probe_table_free(&p->table);
    free(p);
}

const char *probe_kind_name(probe_kind kind)
{
    switch (kind) {
    case PROBE_DRIVER: return "driver";
    case PROBE_MINIFILTER: return "minifilter";
    case PROBE_LIBRARY: return "kernel library";
    case PROBE_DLL: return "user-mode DLL";
    case PROBE_APPLICATION: return "user-mode application";
    }
    return "unknown";
}

const char *probe_fidelity_name(probe_fidelity fidelity)
{
    switch (fidelity) {
    case PROBE_MODELLED: return "modelled";
    case PROBE_APPROXIMATED: return "approximated";
    case PROBE_MISSING: return "missing";
    }
    return "unknown";
}
