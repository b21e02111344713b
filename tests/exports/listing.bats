#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tables of exports against mingw-w64's import libraries, which list what the kernel and hal of Windows 7 and later
# export: a driver must not be able to import on Windows 7 what is not there. NT_X64 and NT_X86 are the miniature NT's folders.

listed() { # TRIPLET MODULE: the names without decoration, one a line
    local library=libntoskrnl.a
    [ "$2" = hal.dll ] && library=libhal.a
    nm "$("$1-gcc" -print-file-name=$library)" 2>/dev/null | sed -n 's/.* I __imp_//p' |
        case $1 in
        i686*) sed -E 's/^[@_]//; s/@[0-9]+$//' ;;
        *) cat ;;
        esac | sort -u
}

importable() { # FOLDER MODULE: what the tables give to Windows 7
    awk -F'\t' -v module="$2" '$1 == module && $4 != "private" && $3 !~ /^win(8|10)/ { print $2 }' "$1/exports.tsv" | sort -u
}

check() { # FOLDER TRIPLET MODULE
    [ "$(importable "$1" "$3" | wc -l)" -gt 2 ]
    # Not in the libraries, although Windows has them: a helper of another compiler's, and two names of x86.
    run comm -23 <(importable "$1" "$3" | grep -vxE '__chkstk|Obf(Der|R)eferenceObjectWithTag') <(listed "$2" "$3")
    echo "$3 for $2 does not export:"
    echo "$output"
    [ -z "$output" ]
}

@test "ntoskrnl.exe, x64" { check "$NT_X64" x86_64-w64-mingw32 ntoskrnl.exe; }
@test "ntoskrnl.exe, x86" { check "$NT_X86" i686-w64-mingw32 ntoskrnl.exe; }
@test "hal.dll, x64" { check "$NT_X64" x86_64-w64-mingw32 hal.dll; }
@test "hal.dll, x86" { check "$NT_X86" i686-w64-mingw32 hal.dll; }
