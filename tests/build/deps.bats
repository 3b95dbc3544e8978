#!/usr/bin/env bats
# The static libraries: what is built, and what is said where they cannot be. From sources at hand: packaging/deps/sources.bats.

setup() {
	T=$BATS_TEST_TMPDIR
	mkdir "$T/bin"
	# shellcheck disable=SC2016 # for the script it writes
	printf '#!/bin/sh\necho "$0 $*" >>"%s/asked"\nexit 1\n' "$T" >"$T/bin/apt-get"
	chmod +x "$T/bin/apt-get"
	PATH=$T/bin:$PATH
}

@test "libpci can do no more than read what sysfs has of one device" {
	run nm build/deps/lib/libpci.a
	[ "$status" -eq 0 ]
	[[ $output == *" pm_linux_sysfs"* ]]
	[[ $output != *" pm_intel_conf"* ]]
	[[ $output != *" pm_mmio_conf"* ]]
	[[ $output != *" pm_linux_proc"* ]]
	run nm build/gpurom.debug
	[[ $output == *" sysfs_read"* ]]
	for other in pm_dump sysfs_scan sysfs_write sysfs_read_vpd; do
		[[ $output != *" $other"* ]]
	done
}

@test "cJSON reads and writes numbers by what src/sys/json.c has" {
	run nm -u build/deps/lib/libcjson.a
	[[ $output == *" json_strtod"* ]]
	[[ $output == *" json_sscanf"* ]]
	[[ $output != *" strtod"* ]]
	[[ $output != *" sscanf"* ]]
}

@test "what is no source is reported, and nothing counts as built" {
	echo nonsense >"$T/x.tar"
	PCIUTILS_SRC=$T/x.tar run sh packaging/deps/build.sh "$T/deps"
	[ "$status" -eq 1 ]
	[[ $output == *"deps: failed: tar "* ]]
	[ ! -e "$T/deps/done" ]
}

@test "without a source package: which variable takes another" {
	export XDG_CACHE_HOME=$T/cache
	run sh packaging/deps/build.sh "$T/deps"
	[ "$status" -eq 1 ]
	[ -s "$T/asked" ]
	[[ $output == *"PCIUTILS_SRC="* ]]
	[ ! -e "$T/deps/done" ]
}

@test "no line of ours names an archive" {
	run grep -rnE '(https?|ftp)://[a-z0-9.-]+/debian' Makefile README.md CONTRIBUTING.md src man packaging tests dracut-module initramfs-tools etc .ci
	[ "$status" -eq 1 ]
}
