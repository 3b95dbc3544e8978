#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The release tarball: it builds without git and without a network, and twice to the same bytes. Needs a network once, for
# vendor/, where that is not there.
# shellcheck disable=SC2154 # what run sets

setup_file() {
	[ -e vendor/VERSIONS ] || make -s vendor
	make -s dist
}

# unpack FOLDER: the tarball there.
unpack() {
	mkdir -p "$1"
	tar -xzf build/dist/gpurom-*.tar.gz -C "$1" --strip-components=1
}

sums() {
	(cd "$1" && sha256sum build/gpurom build/gpurom-initramfs build/gpurom-init build/gpurom-domain build/dist/gpurom-*.tar.gz)
}

@test "two builds in other folders, languages, time zones, umasks and orders are the same bytes, without a network" {
	T=$BATS_TEST_TMPDIR
	unpack "$T/a"
	unpack "$T/another/folder"
	(cd "$T/a" && umask 077 && TZ=Asia/Tokyo LC_ALL=C unshare --net make -s -j1 all dist)
	(cd "$T/another/folder" && umask 022 && TZ=America/Lima LC_ALL=C.UTF-8 unshare --net make -s -j4 all dist)
	sums "$T/a" >&3
	# Also a tarball made from the tarball has every file and link.
	[ "$(tar -tzf build/dist/gpurom-*.tar.gz | sort)" = "$(tar -tzf "$T"/a/build/dist/gpurom-*.tar.gz | sort)" ]
	[ "$(sums "$T/a")" = "$(sums "$T/another/folder")" ]
	[ "$("$T/a/build/gpurom" --version)" = "gpurom $(cat VERSION)" ]
}

@test "the tarball's own tree gives the same tarball as the checkout; its links lead somewhere" {
	unpack "$BATS_TEST_TMPDIR/a"
	[ -z "$(find "$BATS_TEST_TMPDIR/a" -xtype l)" ]
	cmp "$BATS_TEST_TMPDIR/a/LICENSES/GPL-2.0-or-later.txt" LICENSE
	export SOURCE_DATE_EPOCH=1764000000
	make -s dist
	make -s -C "$BATS_TEST_TMPDIR/a" dist
	cmp build/dist/gpurom-*.tar.gz "$BATS_TEST_TMPDIR"/a/build/dist/gpurom-*.tar.gz
}

@test "--version names a commit only in a checkout of gpurom, not in somebody else's that it lies in" {
	T=$BATS_TEST_TMPDIR
	git init -q "$T/other"
	git -C "$T/other" -c user.name=a -c user.email=a@b commit -q --allow-empty -m other
	unpack "$T/other/gpurom"
	run make -s -C "$T/other/gpurom" -f - print <<<"include Makefile
print:
	@echo '\$(VERSION)'"
	[ "$output" = "$(cat VERSION)" ]
	[ ! -e .git ] || [[ $(build/gpurom --version) == "gpurom $(cat VERSION) ("*")" ]]
}

@test "the same sources give the same vendor/" {
	sha256sum vendor/* >"$BATS_TEST_TMPDIR/before"
	make -s vendor
	sha256sum -c --quiet "$BATS_TEST_TMPDIR/before"
}
