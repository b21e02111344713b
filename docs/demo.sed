# SPDX-License-Identifier: GPL-2.0-or-later
# How README.md shortens the report of `airlock explore isolate.sys`: "[...]" stands for what is left out.
# The hashes of the driver and of the system depend on where they were built.
s/(a1:[a-z0-9]*:[a-z]*:[a-z]*):[0-9a-f]{8}:[0-9a-f]{8}:/\1:DRIVER:SYSTEM:/
1,/^FAILURE 1/{
    s/^FAILURE 1/[...]\n\nFAILURE 1/
    /FAILURE 1/!d
}
/^A system thread raised/,/^EXCEPTION_CODE/{
    /^EXCEPTION_CODE/!d
}
/^TRAP_FRAME/,/^unload:/{
    s/^unload:/[...]\n\nunload:/
    /unload:/!d
}
/^        (Not impersonating|Win32 Start|Base)/d
s/^(THREAD [0-9a-f]+  Cid [0-9a-f.]+).*(RUNNING.*)/\1 ... \2/
/^SCHEDULE/,/^WINDOW/{
    s/^WINDOW/[...]\n\nWINDOW/
    /WINDOW/!d
}
/^           [a-c]  /d
/^          a1:/d
/^ALSO AT/,/^the same failure/{
    s/^(ALSO AT.*)  schedule/\1/p
    s/^the same failure/[...]\n\nthe same failure/
    /the same failure/!d
}
/^REPLAY/s/$/\n\n[...]/
/^FAILURE 2/,/^VERDICT/{
    /^VERDICT/!d
}
