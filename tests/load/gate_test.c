/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate_test.c - gate.sys with drivers that do what they should, and others: what it logs, and that the others do not
 * matter to it. It stays loaded, as it should: nothing of it is a finding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#define EXPORT "isolate-two-driver-export"
#define IOCTL  "isolate-two-driver-ioctl"
#define GATE   "/OS=win7 /LOAD=nt /UNLOAD=none /SERVICE=gate /FILE=gate.sys "

static void test_registers_by_export(void **state)
{
    (void)state;
    expect("gate.sys " EXPORT ".sys",
           GATE "/SERVICE2=" EXPORT " /FILE2=" EXPORT ".sys /REG:gate\\Parameters\\Targets=" EXPORT,
           "gate: " EXPORT ": registered\nload 0\n");
}

static void test_registers_by_request(void **state)
{
    (void)state;
    expect("gate.sys " IOCTL ".sys",
           GATE "/SERVICE2=" IOCTL " /FILE2=" IOCTL ".sys /REG:gate\\Parameters\\Targets=" IOCTL "=\\Device\\" IOCTL,
           "gate: " IOCTL ": registered\nload 0\n");
}

/* In the order of the list, whatever becomes of those before. */
static void test_others_do_not_matter(void **state)
{
    (void)state;
    expect("gate.sys fixed-fail.sys refuses.sys silent.sys " EXPORT ".sys",
           GATE "/SERVICE2=fixed-fail /FILE2=fixed-fail.sys /SERVICE3=refuses /FILE3=refuses.sys /SERVICE4=silent "
                "/FILE4=silent.sys /SERVICE5=" EXPORT " /FILE5=" EXPORT ".sys "
                "/REG:gate\\Parameters\\Targets=absent\\0fixed-fail\\0refuses\\0silent\\0" EXPORT,
           "gate: absent: not loaded, status c0000034\n"
           "gate: fixed-fail: not loaded, status c0000365\n"
           "gate: refuses: refused to register, status c00000bb\n"
           "gate: silent: refused to register, status c000007a\n"
           "gate: " EXPORT ": registered\nload 0\n");
}

static void test_somebody_else_was_first(void **state)
{
    (void)state;
    expect(
        "first.sys gate.sys " EXPORT ".sys",
        "/OS=win7 /LOAD=nt /UNLOAD=none /SERVICE=first /FILE=first.sys /SERVICE2=gate /FILE2=gate.sys /SERVICE3=" EXPORT
        " /FILE3=" EXPORT ".sys /REG:gate\\Parameters\\Targets=" EXPORT,
        "gate: " EXPORT ": has been loaded by somebody else\n"
        "gate: " EXPORT ": registered\nload 0\n");
}

static void test_comes_back(void **state)
{
    (void)state;
    expect(
        "again.sys gate.sys " EXPORT ".sys",
        "/OS=win7 /LOAD=nt /UNLOAD=none /SERVICE=again /FILE=again.sys /SERVICE2=gate /FILE2=gate.sys /SERVICE3=" EXPORT
        " /FILE3=" EXPORT ".sys /REG:gate\\Parameters\\Targets=" EXPORT,
        "gate: " EXPORT ": registered\nagain: unloaded\n"
        "gate: " EXPORT ": has been loaded by somebody else\n"
        "gate: " EXPORT ": registered\nagain: unloaded\nload 0\n");
}

/* It is configured wrongly, and says so. */
static void test_no_targets(void **state)
{
    (void)state;
    expect("gate.sys", GATE, "gate: Parameters\\Targets: status c0000034\nload c0000365\n");
    expect("gate.sys", GATE "/REG:gate\\Parameters\\Targets=7",
           "gate: Parameters\\Targets: status c0000024\nload c0000365\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers_by_export),  cmocka_unit_test(test_registers_by_request),
        cmocka_unit_test(test_others_do_not_matter), cmocka_unit_test(test_somebody_else_was_first),
        cmocka_unit_test(test_comes_back),           cmocka_unit_test(test_no_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
