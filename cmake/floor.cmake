# SPDX-License-Identifier: GPL-2.0-or-later
# airlock_floor(NAME [USES floor...] [PACKAGES name...])
#
# Adds src/NAME, whose CMakeLists.txt defines the library airlock_NAME, and gives it its place: its own headers, the
# headers of the floors it uses, and the contract between host and guest (nt/inc/hypercall.h).
function(airlock_floor name)
  cmake_parse_arguments(floor "" "" "USES;PACKAGES" ${ARGN})
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/src/${name}/CMakeLists.txt)
    message(STATUS "src/${name} has no CMakeLists.txt: left out")
    return()
  endif()
  add_subdirectory(src/${name})
  set(library airlock_${name})
  target_include_directories(${library} PUBLIC ${PROJECT_SOURCE_DIR}/src/${name} ${PROJECT_SOURCE_DIR}/nt/inc)
  foreach(used IN LISTS floor_USES)
    if(TARGET airlock_${used})
      target_link_libraries(${library} PUBLIC airlock_${used})
    endif()
  endforeach()
  foreach(package IN LISTS floor_PACKAGES)
    target_link_libraries(${library} PUBLIC PkgConfig::${package})
  endforeach()
endfunction()
