# SPDX-License-Identifier: GPL-2.0-or-later
# From the export tables (nt/exports), for arch=x64 or x86: the names that not every Windows has, as exportsince.h.
BEGIN {
    FS = "\t"
    split("w2k xp xpsp2 xpsp3 2003 vista vistasp1 win7 win8 win8.1 win10", order, " ")
    print "/* Made by since.awk from nt/exports. */"
    print "enum {"
    for (i = 1; i in order; i++) {
        rank[order[i]] = i
        name = toupper(order[i])
        gsub(/\./, "_", name)
        printf "    SINCE_%s = %d,\n", name, i
    }
    print "    SINCE_NEVER = 255\n};"
    print "static const struct {\n    const char *Module;\n    const char *Name;\n    unsigned char Since;\n} MmpNewerExports[] = {"
}
/^#/ || NF < 4 || ($7 ~ /./ && $7 !~ "^" arch) { next }
$4 == "private" { printf "    {\"%s\", \"%s\", 255},\n", $1, $2; next }
rank[$3] > rank["xpsp3"] { printf "    {\"%s\", \"%s\", %d},\n", $1, $2, rank[$3] }
END { print "    {\"\", \"\", 0}\n};" }
