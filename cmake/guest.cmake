# SPDX-License-Identifier: GPL-2.0-or-later
# What the two guest projects (nt, drivers) share: how kernel code is compiled and linked into a PE file.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_STANDARD_LIBRARIES "")
set(CMAKE_C_FLAGS_RELEASE "-O2")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
if(NOT AIRLOCK_OUTPUT)
  set(AIRLOCK_OUTPUT ${CMAKE_BINARY_DIR}/out)
endif()

find_path(AIRLOCK_DDK ntddk.h REQUIRED NO_CMAKE_FIND_ROOT_PATH
          PATHS /usr/share/mingw-w64/include/ddk
                /usr/${AIRLOCK_TRIPLET}/include/ddk
                /usr/${AIRLOCK_TRIPLET}/sys-root/mingw/include/ddk)

get_filename_component(AIRLOCK_ROOT ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)

# Paths in debug information start at the project, and names of import libraries hold none, so that a build gives the same
# bytes wherever it is done.
add_compile_options(
  ${AIRLOCK_COMPILE_OPTIONS} -g -ffreestanding -fno-strict-aliasing -fno-delete-null-pointer-checks -fwrapv -fno-stack-protector -fno-ident
  -fno-optimize-sibling-calls -mno-stack-arg-probe -ffile-prefix-map=${AIRLOCK_ROOT}=/airlock
  -ffile-prefix-map=${CMAKE_BINARY_DIR}=/airlock/build
  $<$<COMPILE_LANGUAGE:C>:-Wall> $<$<COMPILE_LANGUAGE:C>:-Wextra> $<$<COMPILE_LANGUAGE:C>:-Werror>
  $<$<COMPILE_LANGUAGE:C>:-Wno-array-bounds>    # GCC 12 takes gs:[n] for an array at address n
  $<$<COMPILE_LANGUAGE:C>:-Wno-unknown-pragmas>)

# airlock_pe(TARGET FILE ENTRY): make the executable TARGET the native image FILE, whose entry point is ENTRY.
function(airlock_pe target file entry)
  if(AIRLOCK_ARCH STREQUAL i386 AND entry STREQUAL DriverEntry)
    set(entry _DriverEntry@8)
  elseif(AIRLOCK_ARCH STREQUAL i386 AND entry)
    set(entry _${entry})
  endif()
  target_sources(${target} PRIVATE ${AIRLOCK_ROOT}/cmake/guest-head.S)
  target_include_directories(${target} SYSTEM PRIVATE ${AIRLOCK_DDK})
  target_link_options(${target} PRIVATE
    -nostdlib -nostartfiles -Wl,--subsystem,native:6.1 -Wl,--major-os-version=6 -Wl,--minor-os-version=1
    -Wl,--entry,${entry} -Wl,--dynamicbase -Wl,--nxcompat -Wl,--exclude-all-symbols -Wl,--disable-auto-import
    -Wl,--no-insert-timestamp -Wl,--fatal-warnings
    -Wl,--enable-stdcall-fixup)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${file} PREFIX "" SUFFIX "" LINKER_LANGUAGE C
    RUNTIME_OUTPUT_DIRECTORY ${AIRLOCK_OUTPUT})
endfunction()

# airlock_import_library(TARGET DEF DLL): an import library for DLL from a .def file; link with TARGET. Name@12 in the file
# is stdcall, @Name@12 fastcall, as x86 decorates them; x64 drops that.
function(airlock_import_library target def dll)
  set(library ${CMAKE_BINARY_DIR}/lib${target}.a)
  find_program(AIRLOCK_DLLTOOL ${AIRLOCK_TRIPLET}-dlltool REQUIRED)
  if(NOT AIRLOCK_ARCH STREQUAL i386)
    set(plain ${library}.def)
    add_custom_command(OUTPUT ${plain} COMMAND sed -e "s/@[0-9]*$//" -e "s/^ *@//" ${def} > ${plain} DEPENDS ${def} VERBATIM)
    set(def ${plain})
  endif()
  add_custom_command(OUTPUT ${library}
    COMMAND ${AIRLOCK_DLLTOOL} -k -m ${AIRLOCK_DLLTOOL_MACHINE} -d ${def} -D ${dll} -l lib${target}.a
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR} # a path would be in the names of symbols
    DEPENDS ${def} COMMENT "Import library for ${dll}" VERBATIM)
  add_custom_target(${target}_library DEPENDS ${library})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_library)
  target_link_libraries(${target} INTERFACE ${library})
endfunction()
