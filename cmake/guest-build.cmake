# SPDX-License-Identifier: GPL-2.0-or-later
# The guest side is built by other compilers, so each of its two projects (nt, drivers) is an external project of its
# own for each architecture. It always runs its build, which does nothing when nothing has changed.
include(ExternalProject)

set(AIRLOCK_NT_FILES ntoskrnl.exe hal.dll fltmgr.sys session.exe exports.tsv)

function(airlock_guest name source arch output)
  ExternalProject_Add(guest_${name}
    SOURCE_DIR ${PROJECT_SOURCE_DIR}/${source}
    BINARY_DIR ${CMAKE_BINARY_DIR}/guest/${name}
    PREFIX ${CMAKE_BINARY_DIR}/guest/${name}-steps
    CMAKE_ARGS -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/mingw-${arch}.cmake
               -DAIRLOCK_OUTPUT=${output}
    BUILD_ALWAYS TRUE
    INSTALL_COMMAND ""
    LOG_CONFIGURE TRUE
    LOG_BUILD TRUE
    LOG_OUTPUT_ON_FAILURE TRUE
    ${ARGN})
endfunction()

# The miniature NT inside the program: airlock_embedded (src/lab/embedded.h).
add_library(airlock_embedded STATIC)
target_include_directories(airlock_embedded PUBLIC src/lab)

foreach(arch x64 x86)
  string(TOUPPER ${arch} ARCH)
  set(AIRLOCK_NT_${ARCH} ${CMAKE_BINARY_DIR}/nt/${arch})
  set(AIRLOCK_DRIVERS_${ARCH} ${CMAKE_BINARY_DIR}/drivers/${arch})
  set(assembly ${CMAKE_BINARY_DIR}/embedded-${arch}.S)
  target_sources(airlock_embedded PRIVATE ${assembly})
  list(TRANSFORM AIRLOCK_NT_FILES PREPEND ${AIRLOCK_NT_${ARCH}}/ OUTPUT_VARIABLE paths)
  airlock_guest(nt-${arch} nt ${arch} ${AIRLOCK_NT_${ARCH}}
                BUILD_BYPRODUCTS ${paths} ${CMAKE_BINARY_DIR}/guest/nt-${arch}/libntoskrnl_import.a
                                 ${CMAKE_BINARY_DIR}/guest/nt-${arch}/libfltmgr_import.a)
  airlock_guest(drivers-${arch} drivers ${arch} ${AIRLOCK_DRIVERS_${ARCH}})
  set(EMBEDDED_ARCH ${arch})
  set(EMBEDDED_DIRECTORY ${AIRLOCK_NT_${ARCH}})
  configure_file(src/lab/embedded.S.in ${assembly} @ONLY)
  set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS "${paths}")
  add_dependencies(airlock_embedded guest_nt-${arch})
endforeach()
