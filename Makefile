# SPDX-License-Identifier: GPL-2.0-or-later
# The verbs. Everything else is CMake's; build/ is its directory.
BUILD := build
AIRLOCK := $(BUILD)/bin/airlock
DRIVERS := $(BUILD)/drivers/x64
FUZZ_SECONDS ?= 180
PROOF_TIME ?= 1m
PREFIX ?= /usr/local
export FUZZ_SECONDS

.PHONY: all deps build demo test test-wine proofs bench fuzz format check docs install clean deb help
.NOTPARALLEL:

all: ## build the program and the drivers (default)
	@tools/deps --check build
	@$(MAKE) --no-print-directory build

deps: ## install the Debian packages that are missing (root or sudo)
	@tools/deps build test

build:
	@test -f $(BUILD)/build.ninja || cmake --preset default
	@cmake --build --preset default

demo: ## install, build, find the crash of the article's driver, and compare the remedies
	@tools/deps build
	@$(MAKE) --no-print-directory build
	@tools/demo $(AIRLOCK) $(DRIVERS)

test: ## install, build, and run every test
	@tools/deps build test
	@$(MAKE) --no-print-directory build
	@ctest --preset default

proofs: ## explore the library on every Windows, way, model switch and failing call: long
	@tools/deps build test
	@$(MAKE) --no-print-directory build
	@tools/proofs $(AIRLOCK) $(DRIVERS) $(PROOF_TIME)

test-wine: ## load and unload the drivers under Wine
	@tools/deps build wine
	@$(MAKE) --no-print-directory build
	@tools/test-wine $(DRIVERS) $(BUILD)/wine

bench: ## measure speed and memory, print ratios
	@tools/deps build test bench
	@$(MAKE) --no-print-directory build
	@bench/run $(BUILD)

fuzz: ## run every fuzzer for FUZZ_SECONDS (180)
	@tools/deps build fuzz
	@cmake --preset fuzz
	@cmake --build --preset fuzz
	@tools/fuzz $(BUILD)/fuzz/fuzz

format: ## rewrite the C sources in the project's style
	@tools/deps check
	@git ls-files '*.c' '*.h' | xargs clang-format -i

check: ## format, licence lines, headers that compile alone, shell scripts
	@tools/deps build check
	@tools/check

docs: build ## rewrite the outputs and the picture that the documents show
	@tools/matrix $(AIRLOCK) $(DRIVERS) -q --svg docs/matrix.svg || [ $$? -eq 1 ]
	@tests/docs/run --update README.md docs/how-it-works.md docs/triage.md docs/remedies.md

install: all ## install into PREFIX (/usr/local)
	@cmake --install $(BUILD) --prefix $(PREFIX) --strip

deb: all ## make a Debian package
	@cpack --config $(BUILD)/CPackConfig.cmake -B $(BUILD)

clean: ## remove the build directory
	@rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile
