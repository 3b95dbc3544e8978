#!/usr/bin/env bats
# The libraries can be built from sources at hand, and nobody is asked for them then.

setup() {
	T=$BATS_TEST_TMPDIR
	mkdir "$T/bin"
	# shellcheck disable=SC2016 # for the script it writes
	printf '#!/bin/sh\necho "$0 $*" >>"%s/asked"\nexit 1\n' "$T" >"$T/bin/apt-get"
	chmod +x "$T/bin/apt-get"
	PATH=$T/bin:$PATH
	HAVE=$PWD/build/deps/src
}

@test "trees and tarballs, without apt" {
	tar -czf "$T/libmd.tar.gz" -C "$HAVE" libmd
	PCIUTILS_SRC=$HAVE/pciutils LIBMD_SRC=$T/libmd.tar.gz CJSON_SRC=$HAVE/cjson EXPAT_SRC=$HAVE/expat sh tests/deps.sh "$T/deps"
	[ -f "$T/deps/done" ]
	for f in lib/libpci.a lib/libmd.a lib/libcjson.a lib/libexpat.a include/pciutils/pci/pci.h include/libmd/sha2.h include/cjson/cJSON.h include/expat/expat.h; do
		[ -s "$T/deps/$f" ]
	done
	[ ! -e "$T/asked" ]
}

@test "libpci can do no more than read sysfs and dumps" {
	run nm build/deps/lib/libpci.a
	[ "$status" -eq 0 ]
	[[ $output == *" pm_linux_sysfs"* ]]
	[[ $output != *" pm_intel_conf"* ]]
	[[ $output != *" pm_mmio_conf"* ]]
	[[ $output != *" pm_linux_proc"* ]]
}

@test "what is no source is told, and nothing counts as built" {
	echo nonsense >"$T/x.tar"
	PCIUTILS_SRC=$T/x.tar run sh tests/deps.sh "$T/deps"
	[ "$status" -eq 1 ]
	[[ $output == *"deps: failed: tar "* ]]
	[ ! -e "$T/deps/done" ]
}

@test "without a source package: which variable takes another" {
	export XDG_CACHE_HOME=$T/cache
	run sh tests/deps.sh "$T/deps"
	[ "$status" -eq 1 ]
	[ -s "$T/asked" ]
	[[ $output == *"PCIUTILS_SRC="* ]]
	[ ! -e "$T/deps/done" ]
}

@test "no line of ours names an archive" {
	run grep -rnE '(https?|ftp)://[a-z0-9.-]+/debian' Makefile README.md src tests dracut-module initramfs-tools etc .ci
	[ "$status" -eq 1 ]
}
