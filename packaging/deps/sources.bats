#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
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
	PCIUTILS_SRC=$HAVE/pciutils LIBMD_SRC=$T/libmd.tar.gz CJSON_SRC=$HAVE/cjson EXPAT_SRC=$HAVE/expat sh packaging/deps/build.sh "$T/deps"
	[ -f "$T/deps/done" ]
	for f in lib/libpci.a lib/libmd.a lib/libcjson.a lib/libexpat.a include/pciutils/pci/pci.h include/libmd/sha2.h include/cjson/cJSON.h include/expat/expat.h; do
		[ -s "$T/deps/$f" ]
	done
	[ ! -e "$T/asked" ]
}
