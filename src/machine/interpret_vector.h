/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interpret_vector.h - interpret.c's vector registers: what compilers move structures with. */
#ifndef AIRLOCK_MACHINE_INTERPRET_VECTOR_H
#define AIRLOCK_MACHINE_INTERPRET_VECTOR_H

#include "interpret_memory.h"

/* 16 bytes are two accesses of 8. */
static inline place part(const place *p, uint32_t from)
{
    return (place){p->w, p->offset + from, p->host + from, p->size < 8 ? p->size : 8, p->bits, p->near};
}

static inline place vector_operand(machine *m, const operation *op, uint8_t need)
{
    uint64_t address = address_of(m, op);
    place p = reach_near(m, address, op->size < 8 ? op->size : 8, need);
    bool near = p.host && (op->size <= 8 || reach_near(m, address + 8, 8, need).host);
    p.size = op->size;
    return near ? p : operand(m, op, need);
}

static inline bool vector_load(machine *m, const operation *op)
{
    place p = vector_operand(m, op, PAGE_R);
    if (!p.host) {
        return false;
    }
    vector value = {.qword = {0, 0}};
    place low = part(&p, 0), high = part(&p, 8);
    value.qword[0] = load(m, &low);
    if (op->size == 16) {
        value.qword[1] = load(m, &high);
    }
    context_vectors(m);
    m->x[op->to] = value;
    return true;
}

static inline bool vector_store(machine *m, const operation *op)
{
    place p = vector_operand(m, op, PAGE_W);
    if (!p.host) {
        return false;
    }
    context_vectors(m);
    place low = part(&p, 0), high = part(&p, 8);
    store_part(m, &low, m->x[op->from].qword[0]);
    if (op->size == 16) {
        store_part(m, &high, m->x[op->from].qword[1]);
    }
    return true;
}

static inline bool vector_load_high(machine *m, const operation *op)
{
    place p = vector_operand(m, op, PAGE_R);
    if (!p.host) {
        return false;
    }
    context_vectors(m);
    m->x[op->to].qword[1] = load(m, &p);
    return true;
}

static inline bool vector_store_high(machine *m, const operation *op)
{
    place p = vector_operand(m, op, PAGE_W);
    if (!p.host) {
        return false;
    }
    context_vectors(m);
    store_part(m, &p, m->x[op->from].qword[1]);
    return true;
}

static inline bool vector_move(machine *m, const operation *op)
{
    context_vectors(m);
    vector value = m->x[op->from];
    value.qword[1] = op->size == 16 ? value.qword[1] : 0;
    m->x[op->to] = value;
    return true;
}

static inline bool vector_from(machine *m, const operation *op)
{
    context_vectors(m);
    m->x[op->to] = (vector){.qword = {get(m, op->from, op->size), 0}};
    return true;
}

static inline bool vector_to(machine *m, const operation *op)
{
    context_vectors(m);
    put(m, op->to, op->size, m->x[op->from].qword[0]);
    return true;
}

static inline bool vector_logic(machine *m, const operation *op)
{
    context_vectors(m);
    for (int i = 0; i < 2; i++) {
        uint64_t a = m->x[op->to].qword[i], b = m->x[op->from].qword[i];
        m->x[op->to].qword[i] = op->what == LOGIC_XOR ? a ^ b : op->what == LOGIC_AND ? a & b : a | b;
    }
    return true;
}

static inline bool vector_unpack(machine *m, const operation *op)
{
    context_vectors(m);
    vector a = m->x[op->to], b = m->x[op->from], mixed;
    for (uint32_t i = 0, bytes = op->what; i < 16; i += 2 * bytes) {
        memcpy(&mixed.byte[i], &a.byte[i / 2], bytes);
        memcpy(&mixed.byte[i + bytes], &b.byte[i / 2], bytes);
    }
    m->x[op->to] = mixed;
    return true;
}

static inline bool vector_shuffle(machine *m, const operation *op)
{
    context_vectors(m);
    vector a = m->x[op->from], shuffled = a;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t from = (uint32_t)op->immediate >> 2 * i & 3;
        if (op->what == SHUFFLE_DWORDS) {
            shuffled.dword[i] = a.dword[from];
        } else {
            shuffled.word[i] = a.word[from];
        }
    }
    m->x[op->to] = shuffled;
    return true;
}

#endif
