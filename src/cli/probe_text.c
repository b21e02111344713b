/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe_report.h"

#include <inttypes.h>

#include "arena.h"
#include "print.h"

static void print_driver(const printer *p, report_arena *arena, const probe *found, const char *file)
{
    const char *machine = lab_machine_name(image_arch(found->img));
    print_entry(p, "Driver", report_arena_printf(arena, "%s, %s, %s", file, machine, probe_kind_name(found->kind)));
    print_entry(p, "", report_arena_printf(arena, "sha256 %s", image_sha256(found->img)));
    print_entry(p, "", report_arena_printf(arena, "timestamp %08" PRIX32, image_timestamp(found->img)));
}

static bool is_user_mode(const probe *found) { return found->kind == PROBE_DLL || found->kind == PROBE_APPLICATION; }

/* "38 modelled, 4 approximated, 1 missing"; what there is none of is left out. */
static char *counts_text(report_arena *arena, const size_t counts[3])
{
    char *text = report_arena_printf(arena, "%s", "");
    for (probe_fidelity f = PROBE_MODELLED; f <= PROBE_MISSING; f++) {
        if (counts[f] != 0)
            text = report_arena_printf(arena, "%s%s%zu %s", text, *text != '\0' ? ", " : "", counts[f],
                                       probe_fidelity_name(f));
    }
    return text;
}

#define NOBODY "no Windows that is known here has it"

static const char *import_text(report_arena *arena, const probe_module *module, const probe_import *import)
{
    if (import->fidelity == PROBE_MISSING && import->since == NULL)
        return report_arena_printf(arena, "missing       %s%s", import->name,
                                   probe_nobody_has(module, import) ? ": " NOBODY : "");
    if (import->note != NULL)
        return report_arena_printf(arena, "%-13s %s (since %s): %s", probe_fidelity_name(import->fidelity),
                                   import->name, import->since, import->note);
    return report_arena_printf(arena, "%-13s %s (since %s)", probe_fidelity_name(import->fidelity), import->name,
                               import->since);
}

static void print_module(const printer *p, report_arena *arena, const probe_module *module, bool list)
{
    print_entry(p, "",
                report_arena_printf(arena, "%s: %s%s", module->name, counts_text(arena, module->counts),
                                    module->known ? "" : " (the lab has no such module)"));
    if (!list)
        return;
    for (probe_fidelity f = PROBE_MISSING + 1; f-- > PROBE_MODELLED;) {
        for (size_t i = 0; i < module->import_count; i++) {
            const probe_import *import = &module->imports[i];
            if (import->fidelity == f && (p->verbose || f != PROBE_MODELLED))
                print_entry(p, "", report_arena_printf(arena, "  %s", import_text(arena, module, import)));
        }
    }
}

static void print_imports(const printer *p, report_arena *arena, const probe *found)
{
    size_t total = found->counts[0] + found->counts[1] + found->counts[2];
    if (total == 0) {
        print_entry(p, "Imports", "none");
        return;
    }
    print_entry(p, "Imports",
                report_arena_printf(arena, "%zu from %zu module%s: %s", total, found->module_count,
                                    found->module_count == 1 ? "" : "s", counts_text(arena, found->counts)));
    for (size_t i = 0; i < found->module_count; i++)
        print_module(p, arena, &found->modules[i], p->verbose || !is_user_mode(found));
}

static const char *profile_text(report_arena *arena, const probe_profile *profile)
{
    if (profile->verdict == PROBE_LOADS)
        return "loads";
    if (profile->verdict == PROBE_NOT_KNOWN)
        return "not known: there are imports of which nothing is known";
    const char *who = profile->first == NULL ? "no Windows that is known here has"
                                             : report_arena_printf(arena, "%s is the first that has", profile->first);
    bool one = profile->stop_count == 1;
    return report_arena_printf(arena, "does not load: lacks %zu import%s; %s %s", profile->stop_count, one ? "" : "s",
                               who, one ? "it" : "them all");
}

static void print_stops(const printer *p, report_arena *arena, const probe_profile *profile)
{
    for (size_t i = 0; i < profile->stop_count; i++) {
        const probe_import *import = profile->stops[i];
        print_entry(
            p, "",
            import->since != NULL
                ? report_arena_printf(arena, "        %s!%s (since %s)", import->module, import->name, import->since)
                : report_arena_printf(arena, "        %s!%s (" NOBODY ")", import->module, import->name));
    }
}

static void print_profiles(const printer *p, report_arena *arena, const probe *found)
{
    for (size_t i = 0; i < PROBE_PROFILES; i++) {
        print_entry(p, i == 0 ? "Windows" : "",
                    report_arena_printf(arena, "%-5s %s", lab_os_name(found->profiles[i].os),
                                        profile_text(arena, &found->profiles[i])));
        print_stops(p, arena, &found->profiles[i]);
    }
}

static const char *verdict_text(report_arena *arena, const probe *found)
{
    size_t missing = found->counts[PROBE_MISSING];
    const char *list = "";
    if (is_user_mode(found))
        return "not a driver";
    if (missing != 0)
        return report_arena_printf(arena, "cannot be run: %zu import%s missing", missing, missing == 1 ? "" : "s");
    if (found->too_large)
        return report_arena_printf(arena, "cannot be run: its image has %" PRIu32 " bytes, %u at most fit into the lab",
                                   image_size(found->img), PROBE_IMAGE_MOST);
    if (found->kind == PROBE_LIBRARY)
        return "cannot be run by itself: it has no entry point";
    for (size_t i = 0; i < PROBE_PROFILES; i++) {
        if (found->profiles[i].verdict == PROBE_LOADS)
            list = report_arena_printf(arena, "%s%s%s", list, *list != '\0' ? ", " : "",
                                       lab_os_name(found->profiles[i].os));
    }
    if (*list == '\0')
        return "made for a later Windows than the lab has";
    return report_arena_printf(arena, "can be explored under %s", list);
}

void probe_text(FILE *out, const probe *found, const char *file, bool verbose)
{
    printer p = {.out = out, .verbose = verbose};
    report_arena *arena = report_arena_create();
    print_driver(&p, arena, found, file);
    fputc('\n', out);
    print_imports(&p, arena, found);
    fputc('\n', out);
    print_profiles(&p, arena, found);
    fputc('\n', out);
    print_entry(&p, "VERDICT", verdict_text(arena, found));
    report_arena_destroy(arena);
}

void probe_text_verdict(FILE *out, const probe *found)
{
    report_arena *arena = report_arena_create();
    fprintf(out, "%s: %s\n", image_name(found->img), verdict_text(arena, found));
    report_arena_destroy(arena);
}
