#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the program says of itself, and of command lines that are wrong. AIRLOCK is the program.

says() { # STATUS TEXT COMMAND...: exits with STATUS, TEXT in its output
    local status_wanted=$1 text=$2
    shift 2
    run "$@"
    echo "$output"
    [ "$status" -eq "$status_wanted" ]
    [[ "$output" == *"$text"* ]]
}

@test "without a command: usage, status 2" {
    says 2 "Usage: airlock COMMAND" "$AIRLOCK"
}

@test "help lists the commands and the exit statuses" {
    says 0 "explore" "$AIRLOCK" --help
    says 0 "5  the budget ended" "$AIRLOCK" --help
}

@test "each command has its help" {
    for verb in explore replay compare probe; do
        says 0 "Usage: airlock $verb" "$AIRLOCK" "$verb" --help
        says 0 "Usage: airlock $verb" "$AIRLOCK" help "$verb"
    done
}

@test "the version is told" {
    run "$AIRLOCK" --version
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" =~ ^airlock\ [0-9]+\.[0-9]+\.[0-9]+ ]]
}

@test "the model switches are listed with their defaults" {
    says 0 "filter-link: first (default), last" "$AIRLOCK" explore --help-model
}

@test "a wrong command gets a suggestion" {
    says 2 "did you mean 'explore'?" "$AIRLOCK" explor
    says 2 "did you mean 'airlock explore isolate.sys'?" "$AIRLOCK" isolate.sys
}

@test "a wrong option gets a suggestion" {
    says 2 "did you mean '--unload'?" "$AIRLOCK" explore --unlod fltmc isolate.sys
    says 2 "--os takes xp, win7 or win8, not 'win95'" "$AIRLOCK" explore --os win95 isolate.sys
    says 2 "did you mean 'filter-link'?" "$AIRLOCK" explore --model filter-lnk=last isolate.sys
}

@test "messages go to standard error" {
    run bash -c "'$AIRLOCK' explor 2>/dev/null"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
}

@test "a full disk is no pass" {
    [ -e /dev/full ] || skip "no /dev/full"
    run bash -c "'$AIRLOCK' --help >/dev/full"
    [ "$status" -eq 4 ]
}
