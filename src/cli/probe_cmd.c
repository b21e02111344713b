/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe_cmd.c - airlock probe: what a driver needs, without running it. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "probe_report.h"
#include "profile.h"

static image *open_driver(const char *path)
{
    image *img = NULL;
    image_status status = image_read_file(path, &img);
    if (status == IMAGE_CANNOT_READ)
        cli_message("%s: %s", path, strerror(errno));
    else if (status != IMAGE_OK)
        cli_message("%s: %s", path, image_status_text(status));
    return img;
}

static bool write_json(const probe *p, const cli_options *options)
{
    bool standard = strcmp(options->json, "-") == 0;
    FILE *out = standard ? stdout : fopen(options->json, "w");
    bool written = out != NULL && probe_json(out, p, options->file);
    if (out != NULL && !standard && fclose(out) != 0)
        written = false;
    if (!written)
        cli_message("cannot write %s: %s", standard ? "the JSON report" : options->json, strerror(errno));
    return written;
}

static cli_exit show(const probe *p, const cli_options *options)
{
    bool json_only = options->json != NULL && strcmp(options->json, "-") == 0;
    if (!json_only && options->quiet)
        probe_text_verdict(stdout, p);
    else if (!json_only)
        probe_text(stdout, p, options->file, options->verbose);
    if (options->json != NULL && !write_json(p, options))
        return CLI_INTERNAL;
    if (p->kind == PROBE_DLL || p->kind == PROBE_APPLICATION)
        return CLI_USAGE;
    return p->counts[PROBE_MISSING] != 0 || p->too_large ? CLI_NOT_MODELLED : CLI_CLEAN;
}

cli_exit cmd_probe(const cli_options *options)
{
    image *img = open_driver(options->file);
    if (img == NULL)
        return CLI_USAGE;
    probe *p = probe_image(img, profile_exports(image_arch(img)));
    cli_exit status = CLI_INTERNAL;
    if (p != NULL)
        status = show(p, options);
    else
        cli_message("not enough memory");
    probe_destroy(p);
    image_close(img);
    return status;
}
