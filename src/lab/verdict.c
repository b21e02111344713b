/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>

#include "explore.h"
#include "machine.h"

static bool is_narrow(const lab_evidence *e)
{
    return e->window_measured && e->window <= LAB_NARROW_INSTRUCTIONS &&
           e->window * 100 <= e->window_of * LAB_NARROW_PERCENT;
}

lab_verdict lab_judge(const lab_evidence *e)
{
    if (e->failures) {
        return is_narrow(e) ? LAB_NARROWED : LAB_OPEN;
    }
    if (!e->complete) {
        return LAB_NOT_FINISHED;
    }
    if (e->bound != LAB_NO_BOUND) {
        return LAB_CLEAN_TO_BOUND;
    }
    return e->stalled ? LAB_CLOSED_BY_TIMING : LAB_CLOSED;
}

const char *lab_verdict_name(lab_verdict verdict)
{
    static const char *const names[] = {
        [LAB_CLOSED] = "closed", [LAB_CLOSED_BY_TIMING] = "closed-by-timing", [LAB_NARROWED] = "narrowed",
        [LAB_OPEN] = "open",     [LAB_NOT_FINISHED] = "not-finished",         [LAB_CLEAN_TO_BOUND] = "clean-to-bound",
    };
    return names[verdict];
}

bool lab_verdict_is_pass(lab_verdict verdict)
{
    return verdict == LAB_CLOSED || verdict == LAB_CLOSED_BY_TIMING || verdict == LAB_CLEAN_TO_BOUND;
}

const char *lab_time_text(uint64_t nanoseconds, char out[LAB_TIME_SIZE])
{
    static const struct {
        uint64_t size;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    size_t i = 0;
    while (i < 3 && nanoseconds < units[i].size) {
        i++;
    }
    size_t length = (size_t)snprintf(out, LAB_TIME_SIZE, "%.3f", (double)nanoseconds / (double)units[i].size);
    while (out[length - 1] == '0') {
        length--;
    }
    length -= out[length - 1] == '.';
    snprintf(out + length, LAB_TIME_SIZE - length, " %s", units[i].name);
    return out;
}

static void claim_of_failing(const lab_evidence *e, char *out)
{
    if (!e->window_measured) {
        snprintf(out, LAB_CLAIM_SIZE, "it fails");
    } else if (!e->window) {
        snprintf(out, LAB_CLAIM_SIZE,
                 "it fails, but not by one switch alone: no unload that starts during the load and runs on does");
    } else {
        snprintf(out, LAB_CLAIM_SIZE, "it fails%s: in %" PRIu64 " of %" PRIu64 " instructions of the loading thread",
                 is_narrow(e) ? ", only inside a small window" : "", e->window, e->window_of);
    }
}

const char *lab_verdict_claim(const lab_evidence *e, char out[LAB_CLAIM_SIZE])
{
    char time[LAB_TIME_SIZE];
    switch (lab_judge(e)) {
    case LAB_CLOSED: snprintf(out, LAB_CLAIM_SIZE, "every interleaving was covered, none fails"); break;
    case LAB_CLOSED_BY_TIMING:
        snprintf(out, LAB_CLAIM_SIZE,
                 "closed while no thread stalls longer than %s: every interleaving was covered, those that fail take a "
                 "longer stall",
                 lab_time_text(e->max_stall, time));
        break;
    case LAB_CLEAN_TO_BOUND:
        snprintf(out, LAB_CLAIM_SIZE,
                 "every schedule with at most %" PRIu32 " preemption%s was covered, none fails; a failure that takes "
                 "more is possible, --bound none covers all",
                 e->bound, e->bound == 1 ? "" : "s");
        break;
    case LAB_NOT_FINISHED:
        if (e->counted_out) {
            snprintf(
                out, LAB_CLAIM_SIZE,
                "a loop that counts its rounds was followed for %u of them, and could give up later: this is not a "
                "pass",
                EXPLORE_COUNTED_ROUNDS);
            break;
        }
        snprintf(out, LAB_CLAIM_SIZE, "the budget ended before everything was covered: this is not a pass%s",
                 e->window_measured && e->window
                     ? "; the measured window shows that it fails, the search did not come to that"
                     : "");
        break;
    case LAB_NARROWED:
    case LAB_OPEN: claim_of_failing(e, out); break;
    }
    return out;
}

/* Those that few drivers give reason for. */
static const char *special_limit(const lab_evidence *e, size_t index, char out[LAB_CLAIM_SIZE])
{
    if (e->ticked_out && index-- == 0) {
        snprintf(out, LAB_CLAIM_SIZE, "timers fire at most %u times in a row while nothing else happens",
                 MACHINE_TICKS);
        return out;
    }
    if (e->clock_seen && index == 0) {
        snprintf(
            out, LAB_CLAIM_SIZE,
            "the driver looks at the clock, which moves by timeouts only: --model clock=jumps tries longer stalls");
        return out;
    }
    return NULL;
}

const char *lab_verdict_limit(const lab_evidence *e, size_t index, char out[LAB_CLAIM_SIZE])
{
    char time[LAB_TIME_SIZE];
    switch (index) {
    case 0: snprintf(out, LAB_CLAIM_SIZE, "sequentially consistent memory"); return out;
    case 1:
        if (e->max_stall == LAB_ANY_STALL) {
            snprintf(out, LAB_CLAIM_SIZE, "threads may stall for any time, so that no delay proves anything");
        } else {
            snprintf(out, LAB_CLAIM_SIZE,
                     "no thread that could run is left behind between two of its steps for longer "
                     "than %s",
                     lab_time_text(e->max_stall, time));
        }
        return out;
    case 2:
        snprintf(out, LAB_CLAIM_SIZE, "this Windows, this way to load and to unload, these model switches");
        return out;
    default: return special_limit(e, index - 3, out);
    }
}
