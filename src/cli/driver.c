/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "profile.h"

#define NAMED_MOST 8u /* missing imports that are named */

static cli_exit open_file(const char *path, cli_driver_file *file)
{
    file->file = path;
    image_status status = image_read_file(path, &file->img);
    if (status != IMAGE_OK) {
        cli_message("%s: %s", path, status == IMAGE_CANNOT_READ ? strerror(errno) : image_status_text(status));
        return CLI_USAGE;
    }
    file->needs = probe_image(file->img, profile_exports(image_arch(file->img)));
    if (!file->needs) {
        cli_message("not enough memory");
        return CLI_INTERNAL;
    }
    return CLI_CLEAN;
}

cli_exit cli_driver_open(const cli_subject *subject, cli_driver *driver)
{
    memset(driver, 0, sizeof *driver);
    cli_exit status = open_file(subject->file, &driver->test);
    for (size_t i = 0; i < subject->with_count && status == CLI_CLEAN; i++)
        status = open_file(subject->with[i], &driver->with[driver->with_count++]);
    return status;
}

static void close_file(cli_driver_file *file)
{
    probe_destroy(file->needs);
    image_close(file->img);
}

void cli_driver_close(cli_driver *driver)
{
    close_file(&driver->test);
    for (size_t i = 0; i < driver->with_count; i++)
        close_file(&driver->with[i]);
    memset(driver, 0, sizeof *driver);
}

static bool copy_text(const char *option, const char *from, char *to, size_t size)
{
    bool fits = strlen(from) < size;
    if (fits)
        memcpy(to, from, strlen(from) + 1);
    else
        cli_message("%s %.40s...: too long, %zu characters at most", option, from, size - 1);
    return fits;
}

cli_exit cli_driver_scenario(const cli_subject *subject, const cli_driver *driver, lab_scenario *scenario)
{
    char error[256];
    scenario->driver = driver->test.img;
    scenario->companion_count = driver->with_count;
    for (size_t i = 0; i < driver->with_count; i++)
        scenario->companions[i] = driver->with[i].img;
    if (subject->start && !copy_text("--start", subject->start, scenario->start, sizeof scenario->start))
        return CLI_USAGE;
    if (subject->stop && !copy_text("--stop", subject->stop, scenario->stop, sizeof scenario->stop))
        return CLI_USAGE;
    for (size_t i = 0; i < subject->value_count; i++)
        if (!copy_text("--reg", subject->values[i], scenario->values[scenario->value_count++], LAB_VALUE_SIZE))
            return CLI_USAGE;
    if (lab_scenario_wrong(scenario, error)) {
        cli_message("%s: %s", subject->file, error);
        return CLI_USAGE;
    }
    return CLI_CLEAN;
}

/* Some other driver of the scenario exports it. */
static bool is_provided(const cli_driver *driver, const probe_import *import)
{
    for (size_t i = 0; i <= driver->with_count; i++) {
        const image *img = i ? driver->with[i - 1].img : driver->test.img;
        if (!strcasecmp(image_name(img), import->module) && *import->name != '#')
            return image_find_export(img, import->name) != NULL;
    }
    return false;
}

static size_t count_missing(const cli_driver *driver, const probe *needs)
{
    size_t missing = 0;
    for (size_t i = 0; i < needs->module_count; i++)
        for (size_t k = 0; k < needs->modules[i].import_count; k++) {
            const probe_import *import = &needs->modules[i].imports[k];
            missing += import->fidelity == PROBE_MISSING && !is_provided(driver, import);
        }
    return missing;
}

static cli_exit not_modelled(const cli_driver *driver, const cli_driver_file *file, size_t missing)
{
    const probe *needs = file->needs;
    size_t named = 0;
    cli_message("%s needs %zu import%s that %s not modelled; nothing was run:", file->file, missing,
                missing == 1 ? "" : "s", missing == 1 ? "is" : "are");
    for (size_t i = 0; i < needs->module_count; i++)
        for (size_t k = 0; k < needs->modules[i].import_count && named < NAMED_MOST; k++) {
            const probe_import *import = &needs->modules[i].imports[k];
            if (import->fidelity == PROBE_MISSING && !is_provided(driver, import)) {
                fprintf(stderr, "  %s!%s\n", needs->modules[i].name, import->name);
                named++;
            }
        }
    if (missing > named)
        fprintf(stderr, "  and %zu more\n", missing - named);
    fprintf(stderr, "'airlock probe %s' lists them all.\n", file->file);
    return CLI_NOT_MODELLED;
}

/* A missing import fails the load before DriverEntry, so that there is nothing to explore. */
static cli_exit lacks(const char *file, const probe_profile *profile)
{
    cli_message("%s cannot load on %s: the load fails with STATUS_DRIVER_ENTRYPOINT_NOT_FOUND before DriverEntry; "
                "nothing was run:",
                file, lab_os_name(profile->os));
    for (size_t i = 0; i < profile->stop_count && i < NAMED_MOST; i++) {
        const probe_import *stop = profile->stops[i];
        fprintf(stderr, stop->since ? "  %s!%s: first in %s\n" : "  %s!%s: in no Windows that is known here\n",
                stop->module, stop->name, stop->since);
    }
    if (profile->stop_count > NAMED_MOST)
        fprintf(stderr, "  and %zu more\n", profile->stop_count - NAMED_MOST);
    return CLI_NOT_MODELLED;
}

static cli_exit check_file(const cli_driver *driver, const cli_driver_file *file, lab_os os)
{
    const probe *needs = file->needs;
    if (needs->kind == PROBE_DLL || needs->kind == PROBE_APPLICATION) {
        cli_message("%s is a %s, not a driver", file->file, probe_kind_name(needs->kind));
        return CLI_USAGE;
    }
    if (image_arch(file->img) != image_arch(driver->test.img)) {
        cli_message("%s is an %s driver, %s an %s one: one Windows runs both or neither", file->file,
                    lab_machine_name(image_arch(file->img)), driver->test.file,
                    lab_machine_name(image_arch(driver->test.img)));
        return CLI_USAGE;
    }
    if (needs->kind == PROBE_LIBRARY && file == &driver->test) {
        cli_message("%s has no entry point: it is a library of the kernel, nothing loads it as a driver", file->file);
        return CLI_USAGE;
    }
    if (needs->too_large) {
        cli_message("%s is too large: its image has %u bytes, %u at most fit into the lab; nothing was run", file->file,
                    (unsigned)image_size(file->img), PROBE_IMAGE_MOST);
        return CLI_NOT_MODELLED;
    }
    for (size_t i = 0; i < PROBE_PROFILES; i++)
        if (needs->profiles[i].os == os && needs->profiles[i].verdict == PROBE_LACKS)
            return lacks(file->file, &needs->profiles[i]);
    size_t missing = count_missing(driver, needs);
    if (missing)
        return not_modelled(driver, file, missing);
    return CLI_CLEAN;
}

cli_exit cli_driver_check(const cli_driver *driver, lab_os os)
{
    cli_exit status = check_file(driver, &driver->test, os);
    for (size_t i = 0; i < driver->with_count && status == CLI_CLEAN; i++)
        status = check_file(driver, &driver->with[i], os);
    return status;
}

void cli_driver_plan(const cli_driver *driver, const lab_scenario *scenario, report_arena *arena, report_run *run)
{
    describe_plan(arena, scenario, driver->test.needs, driver->test.file, run);
    for (size_t i = 0; i < driver->with_count; i++)
        describe_companion(arena, driver->with[i].img, driver->with[i].needs, driver->with[i].file, run);
}
