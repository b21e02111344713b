/* SPDX-License-Identifier: GPL-2.0-or-later */
/* footprints_wire.c - what steps touch, as bytes: see task.h. */
#include "task.h"

enum { ACCESS_BYTES = 9 };

static void put_head(wire_out *out, uint32_t number, uint8_t flags, uint32_t count)
{
    wire_put16(out, number);
    wire_put8(out, flags);
    wire_put32(out, count);
}

static void put_access(wire_out *out, uint64_t key, bool write)
{
    wire_put64(out, key);
    wire_put8(out, write);
}

void footprint_put_records(const explorer *x, wire_out *out, uint16_t thread, bool all, uint32_t from, uint32_t to)
{
    put_head(out, x->threads[thread].number, all ? FOOTPRINT_ALL : 0, to - from);
    for (uint32_t a = from; a < to; a++)
        put_access(out, x->objects[x->accesses[a].object].key, x->accesses[a].write);
}

void footprint_put(const explorer *x, wire_out *out, const footprint *f)
{
    const uint32_t *accesses = x->footprints.accesses + f->first;
    uint8_t flags = (uint8_t)((f->all ? FOOTPRINT_ALL : 0) | (f->known ? FOOTPRINT_KNOWN : 0));

    put_head(out, x->threads[f->thread].number, flags, f->count);
    for (uint32_t i = 0; i < f->count; i++)
        put_access(out, x->objects[accesses[i] >> 1].key, accesses[i] & 1u);
}

void footprint_put_unknown(wire_out *out, uint32_t number) { put_head(out, number, 0, 0); }

bool footprint_skip(wire_in *in)
{
    uint32_t thread = wire_get16(in), count;

    wire_get8(in);
    count = wire_get32(in);
    wire_get(in, (size_t)count * ACCESS_BYTES);
    return !in->failed && thread < EXPLORE_THREADS;
}

static bool get_thread(explorer *x, wire_in *in, uint16_t *dense)
{
    uint32_t number = wire_get16(in);

    return !in->failed && thread_dense(x, number, dense);
}

/* One of a footprint. */
static bool get_access(explorer *x, wire_in *in, uint32_t *object, bool *write)
{
    uint64_t key = wire_get64(in);

    *write = wire_get8(in) != 0;
    *object = in->failed ? NONE : object_find(x, key);
    return *object != NONE;
}

uint32_t footprint_get(explorer *x, wire_in *in)
{
    footprint f = {0};
    uint32_t *accesses;
    uint8_t flags;

    if (!get_thread(x, in, &f.thread))
        return NONE;
    flags = wire_get8(in);
    f.all = flags & FOOTPRINT_ALL;
    f.known = flags & FOOTPRINT_KNOWN;
    f.count = wire_get32(in);
    if (in->failed || f.count > wire_left(in) / ACCESS_BYTES || !(accesses = footprints_room(x, f.count)))
        return NONE;
    for (uint32_t i = 0; i < f.count; i++) {
        uint32_t o;
        bool write;
        if (!get_access(x, in, &o, &write))
            return NONE;
        accesses[i] = o << 1 | write;
    }
    return footprints_enter(x, f);
}

/* A footprint as access records that are not linked. */
bool footprint_get_records(explorer *x, wire_in *in, sleeper *s)
{
    uint32_t count;
    uint8_t flags;

    if (!get_thread(x, in, &s->thread))
        return false;
    flags = wire_get8(in);
    s->all = flags & FOOTPRINT_ALL;
    s->open = flags & FOOTPRINT_OPEN;
    count = wire_get32(in);
    if (in->failed || count > wire_left(in) / ACCESS_BYTES ||
        !room_for(x, &x->accesses, &x->access_room, x->access_top + count, sizeof(access_record)))
        return false;
    s->footprint = x->access_top;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t o;
        bool write;
        if (!get_access(x, in, &o, &write))
            return false;
        x->accesses[x->access_top++] = (access_record){.object = o, .event = NONE, .write = write};
    }
    s->footprint_end = x->access_top;
    return true;
}
