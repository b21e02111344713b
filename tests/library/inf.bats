#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The INF files: what infverif would ask, as far as it is written down (inf.awk).

lint() { awk -f "$SOURCE/tests/library/inf.awk" "$1"; }

@test "gate.inf and isolate.inf are as today's Windows and Windows XP want them" {
  lint "$SOURCE/drivers/gate/gate.inf"
  lint "$SOURCE/drivers/isolate/isolate.inf"
}

@test "what is wrong is told" {
  broken() # SED-SCRIPT TEXT
  {
    sed "$1" "$SOURCE/drivers/isolate/isolate.inf" > "$BATS_TEST_TMPDIR/broken.inf"
    run lint "$BATS_TEST_TMPDIR/broken.inf"
    echo "$1: $output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"$2"* ]]
  }
  broken '/PnpLockdown/d' 'no pnplockdown'
  broken 's/DefaultInstall.NTamd64\]/DefaultInstall]/' 'undecorated'
  broken '/^Altitude /d' '%altitude% is not in [Strings]'
  broken 's/LegacyUninstall = 1//' 'no legacyuninstall'
  broken 's/"Parameters\\Instances"/"Parameters\\Other"/' 'no Parameters\Instances\DefaultInstance'
  broken 's/^isolate.sys = 1/other.sys = 1/' 'no isolate.sys'
  broken 's/= 12$/= 13/' 'defaultdestdir = 13'
  broken 's/^AddReg .*/AddReg = Elsewhere/' 'there is no [Elsewhere]'
}
