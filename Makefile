# SPDX-License-Identifier: Apache-2.0
# The front door. Meson does the work; scripts/deps installs what it needs.

BUILD = build

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	scripts/deps build
	meson setup $(BUILD)

demo:
	scripts/deps demo
	scripts/demo

check:
	scripts/check

asan:
	scripts/deps build
	[ -d build-asan ] || meson setup build-asan --buildtype=debugoptimized \
		-Db_sanitize=address,undefined
	ninja -C build-asan

fuzz:
	scripts/fuzz

bench:
	scripts/bench

bench-full:
	scripts/bench peers --events 300000000
	scripts/bench peers --events 1800000000

lint:
	scripts/lint

install: all
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) build-asan build-fuzz

.PHONY: all demo check asan fuzz bench bench-full lint install clean
