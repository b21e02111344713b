/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe_report.h"

#include <inttypes.h>

#include "json_value.h"

static json_t *driver_value(const probe *p, const char *file)
{
    json_t *value = value_sure(json_object());
    char timestamp[16];
    snprintf(timestamp, sizeof timestamp, "%08" PRIX32, image_timestamp(p->img));
    value_set(value, "file", value_text(file));
    value_set(value, "sha256", value_text(image_sha256(p->img)));
    value_set(value, "machine", value_text(lab_machine_name(image_arch(p->img))));
    value_set(value, "name", value_text(image_name(p->img)));
    value_set(value, "kind", value_text(probe_kind_name(p->kind)));
    value_set(value, "timestamp", value_text(timestamp));
    return value;
}

static json_t *import_value(const probe_import *import)
{
    json_t *value = value_sure(json_object());
    value_set(value, "name", value_text(import->name));
    value_set(value, "fidelity", value_text(probe_fidelity_name(import->fidelity)));
    value_set_text(value, "since", import->since);
    value_set_text(value, "note", import->note);
    return value;
}

static json_t *module_value(const probe_module *module)
{
    json_t *value = value_sure(json_object());
    value_set(value, "module", value_text(module->name));
    value_set(value, "known", json_boolean(module->known));
    value_set(value, "functions", JSON_LIST(module->imports, module->import_count, import_value));
    return value;
}

static json_t *counts_value(const size_t counts[3])
{
    json_t *value = value_sure(json_object());
    for (probe_fidelity f = PROBE_MODELLED; f <= PROBE_MISSING; f++)
        value_set(value, probe_fidelity_name(f), value_count(counts[f]));
    return value;
}

static json_t *lack_value(const probe_import *const *import)
{
    json_t *value = value_sure(json_object());
    value_set(value, "module", value_text((*import)->module));
    value_set(value, "name", value_text((*import)->name));
    value_set_text(value, "since", (*import)->since);
    return value;
}

/* "loads": null = not known. */
static json_t *profile_value(const probe_profile *profile)
{
    json_t *value = value_sure(json_object());
    value_set(value, "os", value_text(lab_os_name(profile->os)));
    value_set(value, "loads",
              profile->verdict == PROBE_NOT_KNOWN ? value_sure(json_null())
                                                  : json_boolean(profile->verdict == PROBE_LOADS));
    value_set(value, "lacks", JSON_LIST(profile->stops, profile->stop_count, lack_value));
    value_set_text(value, "first", profile->first);
    return value;
}

bool probe_json(FILE *out, const probe *p, const char *file)
{
    json_t *root = value_sure(json_object());
    value_set(root, "schema", value_text("airlock.probe/1"));
    value_set(root, "driver", driver_value(p, file));
    value_set(root, "counts", counts_value(p->counts));
    value_set(root, "imports", JSON_LIST(p->modules, p->module_count, module_value));
    value_set(root, "profiles", JSON_LIST(p->profiles, (size_t)PROBE_PROFILES, profile_value));
    bool written =
        json_dumpf(root, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && fputc('\n', out) != EOF && fflush(out) == 0;
    json_decref(root);
    return written;
}
