# SPDX-License-Identifier: GPL-2.0-or-later
# The guest side is built by another compiler, so each of its two projects (nt, drivers) is an external project of its
# own. It always runs its build, which does nothing when nothing has changed.
include(ExternalProject)

set(AIRLOCK_NT_X64 ${CMAKE_BINARY_DIR}/nt/x64)
set(AIRLOCK_DRIVERS_X64 ${CMAKE_BINARY_DIR}/drivers/x64)
set(AIRLOCK_NT_FILES ntoskrnl.exe hal.dll fltmgr.sys session.exe exports.tsv)
list(TRANSFORM AIRLOCK_NT_FILES PREPEND ${AIRLOCK_NT_X64}/ OUTPUT_VARIABLE AIRLOCK_NT_PATHS)

function(airlock_guest name source output)
  ExternalProject_Add(guest_${name}
    SOURCE_DIR ${PROJECT_SOURCE_DIR}/${source}
    BINARY_DIR ${CMAKE_BINARY_DIR}/guest/${name}
    PREFIX ${CMAKE_BINARY_DIR}/guest/${name}-steps
    CMAKE_ARGS -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/mingw-x64.cmake
               -DAIRLOCK_OUTPUT=${output}
    BUILD_ALWAYS TRUE
    INSTALL_COMMAND ""
    LOG_CONFIGURE TRUE
    LOG_BUILD TRUE
    LOG_OUTPUT_ON_FAILURE TRUE
    ${ARGN})
endfunction()

airlock_guest(nt-x64 nt ${AIRLOCK_NT_X64} BUILD_BYPRODUCTS ${AIRLOCK_NT_PATHS})
airlock_guest(drivers-x64 drivers ${AIRLOCK_DRIVERS_X64})

# The miniature NT inside the program: airlock_embedded (src/lab/embedded.h).
set(EMBEDDED_DIRECTORY ${AIRLOCK_NT_X64})
configure_file(src/lab/embedded.S.in ${CMAKE_BINARY_DIR}/embedded.S @ONLY)
add_library(airlock_embedded STATIC ${CMAKE_BINARY_DIR}/embedded.S)
set_source_files_properties(${CMAKE_BINARY_DIR}/embedded.S PROPERTIES OBJECT_DEPENDS "${AIRLOCK_NT_PATHS}")
target_include_directories(airlock_embedded PUBLIC src/lab)
add_dependencies(airlock_embedded guest_nt-x64)
