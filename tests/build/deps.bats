#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
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
	[[ $output == *"deps: cannot unpack $T/x.tar"* ]]
	[ ! -e "$T/deps/done" ]
}

@test "without sources: the error names all ways" {
	export XDG_CACHE_HOME=$T/cache
	mkdir "$T/tree"
	cp -R packaging "$T/tree/"
	for debian in yes no; do
		[ $debian = yes ] || echo 'exit 1' >"$T/tree/packaging/deps/apt.sh"
		run sh "$T/tree/packaging/deps/build.sh" "$T/deps"
		[ "$status" -eq 1 ]
		for way in vendor/ "make vendor" PCIUTILS_SRC= LIBC=system; do
			[[ $output == *"$way"* ]]
		done
		[ ! -e "$T/deps/done" ]
	done
	[ -s "$T/asked" ]
}

@test "flags for gpurom do not reach the libraries" {
	mkdir "$T/tree"
	cp -R packaging Makefile VERSION "$T/tree/"
	printf '%s\n' '#!/bin/sh' 'set' >"$T/tree/packaging/deps/sources.sh" # what it sees, and no source
	run make -C "$T/tree" deps CC=none CFLAGS=bad LDFLAGS=bad CPPFLAGS=bad AR=bad STRIP=bad DESTDIR=bad V=1
	[ "$status" -ne 0 ]
	[[ $output == *"MUSL_CC="* ]]
	[[ $output != *"bad'"* ]]
	[[ $output != *"=bad"* ]]
}

@test "no line of ours names an archive" {
	run grep -rnE '(https?|ftp)://[a-z0-9.-]+/debian' Makefile README.md CONTRIBUTING.md src man packaging tests dracut-module initramfs-tools mkinitcpio etc .ci
	[ "$status" -eq 1 ]
}

@test "musl is found where Debian, Fedora and Arch have it" {
	found() {
		make -s -f - print MUSL_ROOT="$1" <<-'END'
			include Makefile
			print: ; @echo '$(MUSL_INCLUDE) $(MUSL_LIB)'
		END
	}
	arch=$(uname -m)-linux-musl
	for folders in "include/$arch lib/$arch" "$arch/include $arch/lib64" "$arch/include $arch/lib" "lib/musl/include lib/musl/lib"; do
		R=$BATS_TEST_TMPDIR/$(echo "$folders" | tr -c 'a-z0-9\n' _)/usr
		mkdir -p "$R/${folders% *}" "$R/${folders#* }"
		: >"$R/${folders#* }/rcrt1.o"
		[ "$(found "${R%/usr}")" = "$R/${folders% *} $R/${folders#* }" ]
	done
	[ "$(found /nowhere)" = "/usr/include/$arch /usr/lib/$arch" ]
}

@test "a package counts for this machine's architecture, whatever others it is here for" {
	mkdir -p "$T/bin"
	printf '#!/bin/sh\necho amd64\n' >"$T/bin/dpkg"
	# shellcheck disable=SC2016 # the stub's
	printf '#!/bin/sh\nprintf "%%s installed\\n" $HERE\n' >"$T/bin/dpkg-query"
	printf '#!/bin/sh\necho 0\n' >"$T/bin/id"
	printf '#!/bin/sh\n' >"$T/bin/apt-get"
	chmod 755 "$T"/bin/*
	for here in all amd64 'arm64 amd64'; do
		HERE=$here PATH=$T/bin:$PATH run sh packaging/deps/packages.sh build
		[ "$status" = 0 ] && [ -z "$output" ]
	done
	HERE=arm64 PATH=$T/bin:$PATH run sh packaging/deps/packages.sh build
	[[ $output == "installing "*musl-tools* ]]
}
