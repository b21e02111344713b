#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Scenarios with several drivers: gate.sys loads the driver under test. AIRLOCK is the program, DRIVERS the drivers.

driver=$DRIVERS/isolate.sys # registers in its DriverEntry, whoever loads it
gate=(--with "$DRIVERS/gate.sys" --start gate --reg 'gate\Parameters\Targets=isolate')

setup_file() {
    "$AIRLOCK" explore "$DRIVERS/isolate.sys" --with "$DRIVERS/gate.sys" --start gate \
        --reg 'gate\Parameters\Targets=isolate' --max-executions 100 --json "$BATS_FILE_TMPDIR/report.json" \
        >"$BATS_FILE_TMPDIR/report.txt" || [ $? -eq 1 ]
}

setup() {
    report=$BATS_FILE_TMPDIR/report.json
    schedule=$(jq -r '.failures[0].schedule' "$report")
}

refused() { # TEXT ARGUMENT...: airlock exits with 2, and says why
    local text=$1
    shift
    run "$AIRLOCK" "$@"
    echo "$output"
    [ "$status" -eq 2 ]
    [[ "$output" == *"$text"* ]]
}

@test "the plan says which drivers there are, which is loaded, which unloaded, and the registry" {
    cat "$BATS_FILE_TMPDIR/report.txt"
    for text in "With      $DRIVERS/gate.sys, x64, driver" \
        "Scenario  load gate by sc start, and at the same time unload isolate by fltmc unload" \
        'Registry  gate\Parameters\Targets=isolate'; do
        grep -qF "$text" "$BATS_FILE_TMPDIR/report.txt"
    done
    jq -e '.driver.name == "isolate.sys" and .scenario.start == "gate" and .scenario.stop == "isolate"
        and (.scenario.with | length == 1) and .scenario.with[0].name == "gate.sys"
        and .scenario.registry == ["gate\\Parameters\\Targets=isolate"]' "$report"
}

@test "load, then unload, in order: the unload waits for what the started driver loads" {
    grep -qF "In order  load: 0x00000000 (STATUS_SUCCESS), then unload: 0x00000000 (STATUS_SUCCESS)" \
        "$BATS_FILE_TMPDIR/report.txt"
}

@test "the article's crash, in a driver that another one loads" {
    jq -e '.failures | any(.class == "F1" and .bugcheck.code == 126)' "$report"
    jq -e '.window.instructions > 0 and .window.of > .window.instructions' "$report"
}

@test "the REPLAY line of the report works as it stands, and needs the other driver" {
    line=$(jq -r '.failures[0].replay' "$report")
    run bash -c "$AIRLOCK ${line#airlock } -q"
    echo "$output"
    [ "$status" -eq 1 ]
    refused "give --with gate.sys" replay "$driver" "$schedule"
    refused "of another gate: of " replay "$driver" "$(sed -E 's/gate\.[0-9a-f]{8}/gate.00000000/' <<<"$schedule")" \
        --with "$DRIVERS/gate.sys"
    refused "without $DRIVERS/isolate-veto.sys" replay "$driver" "$schedule" --with "$DRIVERS/gate.sys" \
        --with "$DRIVERS/isolate-veto.sys"
    refused "for --start gate, not isolate" replay "$driver" "$schedule" --with "$DRIVERS/gate.sys" --start isolate
    refused "other values of the registry" replay "$driver" "$schedule" --with "$DRIVERS/gate.sys" \
        --reg 'gate\Parameters\Targets=other'
}

@test "a schedule whose other drivers cannot be read" {
    for field in with=gate with=.12345678 start= reg=%5 reg=%zz reg=%0a; do
        refused "its other drivers cannot be read" replay "$driver" "a1:win7:sc:fltmc:00000000:00000000:$field:default"
    done
}

@test "what does not fit together is explained" {
    refused "there is no driver for the service 'gate'" explore "$driver" --start gate
    refused "there is no driver for the service 'x'" explore "$driver" "${gate[@]}" --stop x
    refused "two of the drivers are named 'isolate'" explore "$driver" --with "$driver"
    refused "no-such.sys: No such file" explore "$driver" --with no-such.sys
    refused "is no registry value" explore "$driver" --reg Targets=1
    run "$AIRLOCK" explore "$driver" --with "$DRIVERS/fault-unknown-import.sys"
    [ "$status" -eq 3 ]
    [[ "$output" == *"fault-unknown-import.sys cannot load on win7"* ]]
}
