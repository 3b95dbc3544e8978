#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Other Debian releases, with their compilers and their musl: the packages build there, and the program has no warning.
# Needs root, and a network for the releases. SUITES: which.
# shellcheck disable=SC2154 # what run sets

setup_file() {
	export vm_dir=$PWD/tests/vm
	make -s deb >/dev/null
	make -s dist >/dev/null
}

# in_suite SUITE COMMAND: with a copy of its root mounted in $2/root, that has the tarball and the source package in /build.
in_suite() {
	made=$(sh packaging/debian/suite.sh "$1")
	R=$BATS_TEST_TMPDIR/$1
	mkdir -p "$R/upper" "$R/work" "$R/root"
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount bash -euc '
		. "$vm_dir/lib.sh"
		mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
		mkdir "$2/root/build"
		cp build/deb/gpurom_*.dsc build/deb/gpurom_*.tar.* build/dist/gpurom-*.tar.gz "$2/root/build/"
		eval "$3"' lib.sh "$made" "$R" "$2"
}

# build_in SUITE COMMAND: there, in /build.
build_in() {
	in_suite "$1" "in_root \"\$2/root\" sh -euc 'cd /build; $2'"
}

@test "the packages build from their source package, without a network" {
	for suite in ${SUITES:-trixie sid}; do
		run build_in "$suite" 'dpkg-source -x gpurom_*.dsc tree && cd tree && unshare --net dpkg-buildpackage -b --no-sign'
		[ "$status" -eq 0 ] || { printf '%s\n' "$output" | tail -n 30; false; }
		for package in gpurom gpurom-guard; do
			# As those that are built here, but for what depends on the compiler.
			diff <(contents build/deb/"${package}"_*_*.deb) <(contents "$BATS_TEST_TMPDIR/$suite/upper/build/$package"_*_*.deb)
		done
	done
}

# The names, modes and owners of a package's files.
contents() {
	dpkg-deb -c "$1" | awk '{ print $1, $2, $6, $7, $8 }' | sort
}

@test "no warning, by their compilers, with their musl" {
	for suite in ${SUITES:-trixie sid}; do
		run build_in "$suite" 'mkdir tree && tar -xzf gpurom-*.tar.gz -C tree --strip-components=1 && cd tree &&
			make -s -j2 WERROR=1 && build/gpurom --version'
		[ "$status" -eq 0 ] || { printf '%s\n' "$output" | tail -n 30; false; }
		! grep -i warning <<<"$output"
		[[ $output == *"gpurom $(cat VERSION)"* ]]
	done
}

@test "autopkgtest: installed from the archive's packages, the tests of the package pass" {
	# shellcheck disable=SC2016 # the inner shell's
	run in_suite bookworm 'for f in proc sys dev; do mount --rbind /$f "$2/root/$f"; done
		autopkgtest build/deb/gpurom_*.changes -- chroot "$2/root"'
	# 8: all pass, and each calls itself superficial.
	[ "$status" -eq 8 ] || { printf '%s\n' "$output" | tail -n 30; false; }
	printf '%s\n' "$output" | grep -qE '^smoke +PASS'
}
