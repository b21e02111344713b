/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver.h"

#include <errno.h>
#include <string.h>

#include "profile.h"

#define NAMED_MOST 8u /* missing imports that are named */

cli_exit cli_driver_open(const cli_options *options, cli_driver *driver)
{
    memset(driver, 0, sizeof *driver);
    image_status status = image_read_file(options->file, &driver->img);
    if (status != IMAGE_OK) {
        cli_message("%s: %s", options->file, status == IMAGE_CANNOT_READ ? strerror(errno) : image_status_text(status));
        return CLI_USAGE;
    }
    driver->needs = probe_image(driver->img, profile_exports());
    if (!driver->needs) {
        cli_message("not enough memory");
        return CLI_INTERNAL;
    }
    return CLI_CLEAN;
}

void cli_driver_close(cli_driver *driver)
{
    probe_destroy(driver->needs);
    image_close(driver->img);
    memset(driver, 0, sizeof *driver);
}

static cli_exit not_modelled(const cli_options *options, const probe *needs)
{
    size_t missing = needs->counts[PROBE_MISSING], named = 0;
    cli_message("%s needs %zu import%s that %s not modelled; nothing was run:", options->file, missing,
                missing == 1 ? "" : "s", missing == 1 ? "is" : "are");
    for (size_t i = 0; i < needs->module_count; i++)
        for (size_t k = 0; k < needs->modules[i].import_count && named < NAMED_MOST; k++)
            if (needs->modules[i].imports[k].fidelity == PROBE_MISSING) {
                fprintf(stderr, "  %s!%s\n", needs->modules[i].name, needs->modules[i].imports[k].name);
                named++;
            }
    if (missing > named)
        fprintf(stderr, "  and %zu more\n", missing - named);
    fprintf(stderr, "'airlock probe %s' lists them all.\n", options->file);
    return CLI_NOT_MODELLED;
}

/* A missing import fails the load before DriverEntry, so that there is nothing to explore. */
static cli_exit too_old(const cli_options *options, const probe_profile *profile)
{
    cli_message("%s cannot load on %s: the load fails with STATUS_DRIVER_ENTRYPOINT_NOT_FOUND before DriverEntry",
                options->file, lab_os_name(profile->os));
    for (size_t i = 0; i < profile->stop_count && i < NAMED_MOST; i++)
        fprintf(stderr, "  %s!%s: first in %s\n", profile->stops[i]->module, profile->stops[i]->name,
                profile->stops[i]->since);
    if (profile->stop_count > NAMED_MOST)
        fprintf(stderr, "  and %zu more\n", profile->stop_count - NAMED_MOST);
    return CLI_NOT_MODELLED;
}

cli_exit cli_driver_check(const cli_options *options, const cli_driver *driver, lab_os os)
{
    const probe *needs = driver->needs;
    if (needs->kind == PROBE_DLL || needs->kind == PROBE_APPLICATION) {
        cli_message("%s is a %s, not a driver", options->file, probe_kind_name(needs->kind));
        return CLI_USAGE;
    }
    if (image_arch(driver->img) != IMAGE_X64) {
        cli_message("%s is a 32-bit driver; this version runs x64 drivers only", options->file);
        return CLI_NOT_MODELLED;
    }
    if (needs->kind == PROBE_LIBRARY) {
        cli_message("%s has no entry point: it is a library of the kernel, nothing loads it as a driver",
                    options->file);
        return CLI_USAGE;
    }
    if (needs->counts[PROBE_MISSING])
        return not_modelled(options, needs);
    for (size_t i = 0; i < PROBE_PROFILES; i++)
        if (needs->profiles[i].os == os && needs->profiles[i].verdict == PROBE_TOO_OLD)
            return too_old(options, &needs->profiles[i]);
    return CLI_CLEAN;
}
