# SPDX-License-Identifier: GPL-2.0-or-later
# Reads the symbols of a linked image (nm), then its .def file: prints the .def file for its import library, with the names
# as compilers decorate them. x86: Name@8 is stdcall, @Name@8 fastcall; x64 has no decoration.
{ sub(/\r$/, "") }
FNR == NR {
    symbol = $NF
    if (arch == "x86" && match(symbol, /^[_@][A-Za-z_0-9]+@[0-9]+$/)) {
        name = substr(symbol, 2)
        sub(/@.*/, "", name)
        decorated[name] = substr(symbol, 1, 1) == "@" ? symbol : substr(symbol, 2)
    }
    next
}
/^    / && ($1 in decorated) { $1 = "    " decorated[$1] }
{ print }
