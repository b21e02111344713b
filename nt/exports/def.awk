# SPDX-License-Identifier: GPL-2.0-or-later
# Reads export tables (see README.md) for arch=x64 or x86. With module=NAME prints NAME's .def file, with module=all
# the whole table.
# hal.dll's exports live in ntoskrnl.exe and are forwarded there.
BEGIN {
    FS = "\t"
    kernel = "ntoskrnl.exe"
    hal = "hal.dll"
    if (module != "all") {
        print "LIBRARY " module
        print "EXPORTS"
    }
}
/^#/ || /^[ \t\r]*$/ { next }
NF < 4 {
    printf "%s:%d: want at least 4 tab-separated columns\n", FILENAME, FNR > "/dev/stderr"
    bad = 1
    next
}
$7 ~ /./ && $7 !~ "^" arch { next }
seen[$1, $2]++ {
    printf "%s:%d: %s of %s is listed twice\n", FILENAME, FNR, $2, $1 > "/dev/stderr"
    bad = 1
    next
}
{ data = $6 ~ /^data/ ? " DATA" : "" }
module == "all" { print; next }
$4 == "absent" { next }
module == hal && $1 == hal { print "    " $2 " = ntoskrnl." $2 data; next }
module == $1 || (module == kernel && $1 == hal) {
    if (!printed[$2]++) print "    " $2 data
}
END { exit bad }
