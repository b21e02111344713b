# SPDX-License-Identifier: GPL-2.0-or-later
# What Windows asks of an INF for a driver without hardware, today ("Creating a new primitive driver", "Using an INF file
# to install a file system filter driver") and down to Windows XP. Prints what is wrong; exit status 1 if anything is.

function wrong(text) { print FILENAME ": " text; bad = 1 }

# Values keep their text without quotes and comments; section and key names do not depend on case.
function clean(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }

/[^\t -~]/ { wrong("line " FNR " is not ASCII") }
{
    quoted = 0
    line = ""
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        if (c == "\"") quoted = !quoted
        if (c == ";" && !quoted) break
        line = line c
    }
    line = clean(line)
}
line == "" { next }
line ~ /^\[.*\]$/ {
    section = tolower(substr(line, 2, length(line) - 2))
    if (section in sections) wrong("[" section "] is there twice")
    sections[section] = 1
    next
}
{
    if (section == "") wrong("line " FNR " is in no section")
    at = index(line, "=")
    key = at ? tolower(clean(substr(line, 1, at - 1))) : line
    value = at ? clean(substr(line, at + 1)) : ""
    if (at && (section, key) in values && key != "addreg") wrong("[" section "] has " key " twice")
    values[section, key] = value
    lines[section] = lines[section] "\n" line
    rest = line
    if (section != "strings")
        while (match(rest, /%[A-Za-z][A-Za-z0-9_]*%/)) {
            used[tolower(substr(rest, RSTART + 1, RLENGTH - 2))] = 1
            rest = substr(rest, RSTART + RLENGTH)
        }
}

function want(section, key, pattern) {
    if (!((section, key) in values)) wrong("[" section "] has no " key)
    else if (values[section, key] !~ pattern) wrong("[" section "] " key " = " values[section, key])
}
function refers(section, key) { # to sections
    count = split(values[section, key], names, /[ \t]*,[ \t]*/)
    for (n = 1; n <= count; n++)
        if (!(tolower(names[n]) in sections)) wrong("[" section "] " key ": there is no [" names[n] "]")
}
function check_install(arch,  base, parts) {
    base = "defaultinstall." arch
    if (!(base in sections)) { wrong("no [" base "]"); return }
    want(base, "copyfiles", ".")
    refers(base, "copyfiles")
    want(base ".services", "addservice", "^%[A-Za-z]+%,,?[^,]*,[^,]+$")
    split(values[base ".services", "addservice"], parts, ",")
    service = tolower(parts[3])
    if (!(service in sections)) wrong("[" base ".services] AddService: there is no [" parts[3] "]")
    base = "defaultuninstall." arch
    want(base, "legacyuninstall", "^1$")
    refers(base, "delfiles")
    want(base ".services", "delservice", "^%[A-Za-z]+%,0x200$")
}
function check_minifilter() {
    want(service, "loadordergroup", "^\"FSFilter ")
    want(service, "dependencies", "^FltMgr$")
    text = lines[tolower(values[service, "addreg"])]
    # The first place is read up to Windows 11 23H2, the second from 24H2 on.
    if (text !~ /HKR,"Instances","DefaultInstance",0x00000000,/) wrong("no Instances\\DefaultInstance")
    if (text !~ /HKR,"Parameters\\Instances","DefaultInstance",0x00000000,/) wrong("no Parameters\\Instances\\DefaultInstance")
    if (text !~ /HKR,"Instances\\"%[A-Za-z]+%,"Altitude",0x00000000,/) wrong("no Altitude")
    if (text !~ /HKR,"Parameters\\Instances\\"%[A-Za-z]+%,"Altitude",0x00000000,/) wrong("no Altitude in Parameters")
    if (text !~ /"SupportedFeatures",0x00010001,0x3/) wrong("no SupportedFeatures")
}

END {
    want("version", "signature", "^\"\\$(WINDOWS NT|Windows NT)\\$\"$")
    want("version", "class", "^\"[A-Za-z]+\"$")
    want("version", "classguid", "^{[0-9a-f-]+}$")
    want("version", "provider", "^%[A-Za-z]+%$")
    want("version", "driverver", "^[0-9][0-9]/[0-9][0-9]/20[0-9][0-9],[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$")
    want("version", "catalogfile", "\\.cat$")
    want("version", "pnplockdown", "^1$")
    if (length(values["version", "classguid"]) != 38) wrong("ClassGuid is no GUID")
    want("destinationdirs", "defaultdestdir", "^12$") # 13, the driver store, is for Windows 8.1 and later
    # Undecorated sections are refused by today's rules.
    if ("defaultinstall" in sections || "defaultuninstall" in sections) wrong("an undecorated install section")
    check_install("ntamd64")
    check_install("ntx86")
    want(service, "servicebinary", "^%12%\\\\[a-z0-9-]+\\.sys$")
    want(service, "servicetype", "^[12]$")
    want(service, "starttype", "^[0-3]$")
    want(service, "errorcontrol", "^[0-3]$")
    refers(service, "addreg")
    file = values[service, "servicebinary"]
    sub(/.*\\/, "", file)
    want("sourcedisksfiles", file, "^[0-9]+$")
    want("sourcedisksnames", values["sourcedisksfiles", file], ".")
    if (values[service, "servicetype"] == 2) check_minifilter()
    for (name in used) if (!(("strings", name) in values)) wrong("%" name "% is not in [Strings]")
    exit bad
}
