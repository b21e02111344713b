#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The same source built for x64 and for x86 gets the same verdict, with the same classes of failure.

outcome() { # ARCH NAME: "closed", or "open F1 F4"
    "$AIRLOCK" explore "$(dirname "$DRIVERS")/$1/$2.sys" --os xp -q --json "$BATS_TEST_TMPDIR/$1.json" >/dev/null 2>&1 ||
        [ $? -eq 1 ]
    jq -r '[.verdict] + ([.failures[].class] | unique) | join(" ")' "$BATS_TEST_TMPDIR/$1.json"
}

same() { # NAME OUTCOME
    x64=$(outcome x64 "$1")
    x86=$(outcome x86 "$1")
    echo "$1: x64: $x64; x86: $x86; want: $2"
    [ "$x64" = "$2" ]
    [ "$x86" = "$2" ]
}

@test "the article's driver" { same isolate "open F1 F4 F5"; }
@test "a reference taken in the unload callback" { same isolate-reference "open F1"; }
@test "a flag in a device" { same isolate-device-flag "narrowed F5"; }
@test "the library" { same isolate-library closed; }
@test "the skeleton with the library" { same skeleton-library closed; }

each() { # ARCH NAME: a line for each call that can fail
    "$AIRLOCK" explore "$(dirname "$DRIVERS")/$1/$2.sys" --fail each -q --json "$BATS_TEST_TMPDIR/$1.json" >/dev/null 2>&1 ||
        [ $? -eq 1 ]
    jq -r '.runs[] | [.scenario.fail.name, .verdict] + ([.failures[].class] | unique) | join(" ")' "$BATS_TEST_TMPDIR/$1.json"
}

@test "each call of DriverEntry that can fail" {
    diff <(each x64 skeleton) <(each x86 skeleton)
    diff <(each x86 skeleton) - <<'END'
FltRegisterFilter closed
FltBuildDefaultSecurityDescriptor open F1 F2 F5
FltCreateCommunicationPort open F1 F2 F5
FltStartFiltering open F1 F2 F4 F5
END
}
