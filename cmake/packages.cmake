# SPDX-License-Identifier: GPL-2.0-or-later
# Libraries of the host side, as imported targets PkgConfig::NAME. `make deps` installs them on Debian.
find_package(PkgConfig REQUIRED)
pkg_check_modules(unicorn REQUIRED IMPORTED_TARGET unicorn)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(cmocka IMPORTED_TARGET cmocka)
find_package(zydis REQUIRED CONFIG) # brings no pkg-config file
