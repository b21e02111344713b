# SPDX-License-Identifier: GPL-2.0-or-later
# Reads failable.tsv. With want=exports prints rows for the table of exports, else the VF_FAILABLE lines of module=NAME.
BEGIN { FS = "\t" }
/^#/ || NF < 3 { next }
want == "exports" { printf "%s\tVfFail_%s\tw2k\tprivate\n", $1, $2; next }
module == $1 { printf "VF_FAILABLE(%s, %s, \"%s %s\")\n", $2, $3 == "nothing" ? "NULL" : $3, $2, $3 }
