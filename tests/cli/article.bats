#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# isolate.sys crashes as in "One Driver: Loading and Unloading... At The Same Time" (OSR, The NT Insider 2014-2): the two
# stacks of the article, and the moment at which it caught the loading thread. The 32-bit driver runs on Windows XP.

setup_file() {
    local os=win7
    [ "$ARCH" = x64 ] || os=xp
    "$AIRLOCK" explore "$DRIVERS/isolate.sys" --os $os --unload fltmc -q --json "$BATS_FILE_TMPDIR/report.json" ||
        echo "status $?" >"$BATS_FILE_TMPDIR/status"
}

setup() {
    report=$BATS_FILE_TMPDIR/report.json
    code=0xffffffffc0000005 dispatch=nt!KiExceptionDispatch trap=nt!KiPageFault root=nt!KiStartSystemThread
    [ "$ARCH" = x64 ] || code=0xc0000005 dispatch=nt!CommonDispatchException trap=nt!KiTrap0E root=nt!KiThreadStartup
}

# in_order FRAMES NAME...: the names are among the frames, in this order; others may stand between.
in_order() {
    local frames=$1 at=0 line
    shift
    while read -r line && [ $# -gt 0 ]; do
        [[ "$line" == "$1" || "$line" == "$1+0x"* ]] && shift
    done <<<"$frames"
    [ $# -eq 0 ] || { echo "not found, or not in this place: $1, in:"; echo "$frames"; return 1; }
}

@test "bug check 7E, C0000005: status 1" {
    [ "$(cat "$BATS_FILE_TMPDIR/status")" = "status 1" ]
    jq -e --arg code $code '.complete and (.failures[] | select(.class == "F1") |
        .bugcheck.code == 126 and .bugcheck.args[0] == $code)' "$report"
}

@test "the unloading thread's stack" {
    in_order "$(jq -r 'first(.failures[] | select(.class == "F1")).threads[0].frames[]' "$report")" \
        nt!KeBugCheckEx nt!RtlDispatchException nt!KiDispatchException $dispatch $trap \
        isolate!StopWorkerQueues isolate!UnloadCallback fltmgr!FltpDoUnloadFilter fltmgr!FltpSyncOpWorker \
        nt!ExpWorkerThread nt!PspSystemThreadStartup $root
}

@test "the loading thread's stack" {
    in_order "$(jq -r 'first(.failures[] | select(.class == "F1")).threads[1].frames[]' "$report")" \
        isolate!DriverEntry nt!IopLoadDriver nt!IopLoadUnloadDriver nt!ExpWorkerThread nt!PspSystemThreadStartup \
        $root
}

@test "the article's moment: the loading thread creates a thread for a work queue" {
    frames=$(jq -r 'first(.failures[] | select(.class == "F1") | (.threads[1], .moments[]) |
        select(.frames // [] | any(startswith("nt!PsCreateSystemThread")))).frames[]' "$report")
    in_order "$frames" nt!PsCreateSystemThread isolate!CreateWorkerQueue isolate!CreateWorkerQueues isolate!DriverEntry \
        nt!IopLoadDriver
}

@test "Windows 8 serialises: no failure" {
    run "$AIRLOCK" explore "$DRIVERS/isolate.sys" --os win8 -q
    echo "$output"
    [ "$status" -eq 0 ]
}
