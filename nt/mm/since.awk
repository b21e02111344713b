# SPDX-License-Identifier: GPL-2.0-or-later
# From the export tables (nt/exports), for arch=x64 or x86: the names that not every Windows has, as exportsince.h. What
# hal.dll exports is an export of the kernel's, where it lives; a name that both export counts since the older of the two.
BEGIN {
    FS = "\t"
    split("w2k xp xpsp1 xpsp2 xpsp3 2003 vista vistasp1 win7 win8 win8.1 win10", order, " ")
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
/^#/ || NF < 4 || ($7 ~ /./ && $7 !~ "^" arch) || $4 == "absent" { next }
{
    module = $1 == "hal.dll" ? "ntoskrnl.exe" : $1
    key = module "\", \"" $2
    since = $4 == "private" ? 255 : rank[$3]
    if (!(key in oldest)) keys[++count] = key
    if (!(key in oldest) || since < oldest[key]) oldest[key] = since
}
END {
    for (i = 1; i <= count; i++)
        if (oldest[keys[i]] > rank["xpsp3"]) printf "    {\"%s\", %d},\n", keys[i], oldest[keys[i]]
    print "    {\"\", \"\", 0}\n};"
}
