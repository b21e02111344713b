# SPDX-License-Identifier: GPL-2.0-or-later
# build.bash - compiles the library and the drivers as different compilers do. Loaded by the tests of this folder.

ddk=/usr/share/mingw-w64/include/ddk
defines="-D_WIN32_WINNT=0x0601 -DWINVER=0x0601 -DNTDDI_VERSION=0x06010000"
headers="-I$SOURCE/include -I$SOURCE/include/ddk -isystem $ddk"
# GCC 12 takes gs:[n], in the headers, for an array at address n.
warnings="-Wall -Wextra -Werror -Wno-unknown-pragmas -Wno-multichar -Wno-array-bounds"
system_exports=$(dirname "$NT")/../guest/nt-x64/ntoskrnl.def

# mingw TRIPLET SOURCE OBJECT OPTION...
mingw()
{
  local triplet=$1 from=$2 to=$3
  shift 3
  "$triplet-gcc" -std=gnu17 -O2 -g -ffreestanding -fno-stack-protector -fno-ident -mno-stack-arg-probe \
    $warnings $defines $headers "$@" -c "$SOURCE/$from" -o "$to"
}

# As Microsoft's compiler: its target, its extensions, its calling convention and unwind data. The headers are MinGW's,
# which ask for a GNU C compiler, and define two functions that come out external: each file gets its own.
clang_msvc() # SOURCE OBJECT OPTION...
{
  local from=$1 to=$2 own
  own=$(basename "$1" .c | tr -c 'a-z\n' _)
  shift 2
  clang --target=x86_64-pc-windows-msvc -fgnuc-version=4.2.1 -std=gnu17 -O2 -g -gcodeview -ffreestanding -mno-stack-arg-probe \
    "-DInterlockedBitTestAndSet=Set_$own" "-DInterlockedBitTestAndReset=Reset_$own" \
    -fms-extensions -fms-compatibility $warnings -Wno-ignored-attributes $defines $headers -isystem "$ddk/.." "$@" \
    -c "$SOURCE/$from" -o "$to"
}

# link_msvc OUTPUT OBJECT...: a driver, by lld-link, against import libraries made from lists of exports.
link_msvc()
{
  local out=$1 directory
  directory=$(dirname "$out")
  shift
  llvm-dlltool -m i386:x86-64 -d "$system_exports" -D ntoskrnl.exe -l "$directory/ntoskrnl.lib"
  sed 's/@[0-9]*//' "$SOURCE/drivers/lib/fltmgr.def" > "$directory/fltmgr.def" # x86 decoration
  llvm-dlltool -m i386:x86-64 -d "$directory/fltmgr.def" -D fltmgr.sys -l "$directory/fltmgr.lib"
  lld-link /nologo /driver /subsystem:native,6.01 /entry:DriverEntry /nodefaultlib /debug /dynamicbase /nxcompat \
    "/out:$out" "$@" "$directory/ntoskrnl.lib" "$directory/fltmgr.lib"
}

need_clang()
{
  command -v clang >/dev/null && command -v lld-link >/dev/null && command -v llvm-dlltool >/dev/null ||
    skip "needs clang and lld"
}

# Bytes of code in an object file.
code_bytes() { llvm-size -A "$1" | awk '$1 ~ /^\.text/ { total += $2 } END { print total + 0 }'; }

# The instructions of one function, without addresses.
instructions() # OBJECT FUNCTION
{
  llvm-objdump -dr --no-show-raw-insn "$1" |
    awk -v name="<$2>:" '$2 == name { inside = 1; next } /^[0-9a-f]+ </ { inside = 0 } inside' |
    sed 's/^ *[0-9a-f]*:[ \t]*//; s/0x[0-9a-f]* <\(.*\)>/<\1>/; s/[ \t]*#.*//; s/^IMAGE_REL/  &/'
}

loads_on_xp() # FILE
{
  "$AIRLOCK" probe "$1" --json "$1.json" -q && cat "$1.json" &&
    [ "$(jq -r '.profiles[] | select(.os == "xp") | .loads' "$1.json")" = true ]
}
