# SPDX-License-Identifier: GPL-2.0-or-later
# Reads failable.tsv. With want=exports prints rows for the table of exports, else the lines of module=NAME for arch=x64 or
# x86: VF_FAILABLE(name, symbol, bytes of arguments that it pops, failure, text).
BEGIN { FS = "\t" }
/^#/ || NF < 4 { next }
want == "exports" { printf "%s\tVfFail_%s\tw2k\tprivate\n", $1, $2; next }
module != $1 { next }
{
    symbol = $2
    pops = 0
    if (arch == "x86") {
        symbol = $4
        if (match(symbol, /@[0-9]+$/)) pops = substr(symbol, RSTART + 1)
        if (symbol ~ /^@/) pops = pops > 8 ? pops - 8 : 0 # fastcall: the first two are in ECX and EDX
    }
    printf "VF_FAILABLE(%s, \"%s\", %d, %s, \"%s %s\")\n", $2, symbol, pops, $3 == "nothing" ? "NULL" : $3, $2, $3
}
