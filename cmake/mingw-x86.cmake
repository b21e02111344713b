# SPDX-License-Identifier: GPL-2.0-or-later
# Toolchain of the guest side: mingw-w64 for x86.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR X86)
set(AIRLOCK_TRIPLET i686-w64-mingw32)
set(AIRLOCK_ARCH i386) # nt/arch/i386
set(AIRLOCK_EXPORT_ARCH x86) # in the tables of nt/exports
set(AIRLOCK_DLLTOOL_MACHINE i386)
# XP runs on processors without SSE. Stacks are walked by frame pointer: every function begins with making its frame.
set(AIRLOCK_COMPILE_OPTIONS -march=i686 -mno-mmx -mno-sse -mpreferred-stack-boundary=2 -fno-omit-frame-pointer
    -fno-schedule-insns2 -fno-shrink-wrap)
set(CMAKE_C_COMPILER ${AIRLOCK_TRIPLET}-gcc)
set(CMAKE_ASM_COMPILER ${AIRLOCK_TRIPLET}-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
