# SPDX-License-Identifier: GPL-2.0-or-later
# How the host side is compiled. Release keeps its assertions: a wrong verdict costs more than the time they take.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug" FORCE)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(AIRLOCK_SANITIZE "Build the host side with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(AIRLOCK_FUZZ "Build the fuzzers (needs clang)" OFF)

add_compile_options(-Wall -Wextra -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
                    -fno-omit-frame-pointer)
add_compile_definitions(_GNU_SOURCE AIRLOCK_VERSION="${PROJECT_VERSION}")

if(AIRLOCK_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(AIRLOCK_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
