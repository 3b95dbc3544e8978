#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# modules.sh NAME: prints a folder that lies over a guest's root, or in its image, and has kernel modules that
# Debian's kernel has not, built for the one of base.sh. NAME: rivals, module/rivals.c under each of its
# names; nvidia, NVIDIA's open driver of Debian's contrib, which is built here and handed on to nobody.
set -eu
. "$(dirname -- "$0")/lib.sh"

# For each place that can load a module early, one that only that place loads; and two that hang.
names='image_listed image_forced image_first root_listed stubborn endless'

# fetch DIR PACKAGE...: these packages of the guests' suite, unpacked below DIR, without those they depend on.
fetch() {
	dir=$1
	shift
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial"
	: >"$dir/apt/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) bookworm main contrib" \
		>"$dir/apt/sources.list"
	cd "$dir"
	for action in update "download $*"; do
		# shellcheck disable=SC2086 # words
		apt-get -o Dir::State="$dir/apt" -o Dir::State::status="$dir/apt/status" -o Dir::Cache="$dir/apt" \
			-o Dir::Etc::SourceList="$dir/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
			-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
			-o APT::Sandbox::User=root $action
	done
	for deb in *.deb; do
		dpkg-deb -x "$deb" .
		rm "$deb"
	done
}

# fetch_headers DIR PACKAGE...: the same and the kernel's headers, whose makefile knows them by the place where
# they would be installed.
fetch_headers() {
	fetch "$@" "linux-headers-$release" "linux-headers-${release%-*}-common" "linux-kbuild-${release%.*}"
	sed -i "s, /usr/src/, $1/usr/src/," "$1/usr/src/linux-headers-$release/Makefile"
}

build_rivals() {
	fetch_headers "$1"
	mkdir "$1/build"
	for m in $names; do
		cp "$vm_dir/module/rivals.c" "$1/build/$m.c"
		echo "obj-m += $m.o"
	done >"$1/build/Kbuild"
	make -C "$1/usr/src/linux-headers-$release" M="$1/build" modules
}

# Most of the time goes into asking the kernel, for each thing that changed since 3.10, which way it is.
build_nvidia() {
	fetch_headers "$1" nvidia-open-kernel-dkms
	mv "$1"/usr/src/nvidia-current-open-* "$1/build"
	make -C "$1/build" -j "$(cpus | wc -l)" modules NV_KERNEL_MODULES=nvidia KERNEL_UNAME="$release" \
		SYSSRC="$1/usr/src/linux-headers-${release%-*}-common" \
		SYSOUT="$1/usr/src/linux-headers-$release"
}

# The modules beside those of the kernel, as depmod sees them together.
make_modules() {
	lib=usr/lib/modules/$release
	work=$1/work
	mkdir "$work"
	"build_$name" "$work"
	mkdir -p "$1/usr/lib/modules"
	ln -s usr/lib "$1/lib"
	cp -a "$base/root/$lib" "$1/$lib"
	mkdir "$1/$lib/updates"
	for module in "$work"/build/*.ko; do
		strip --strip-debug -o "$1/$lib/updates/${module##*/}" "$module"
	done
	/sbin/depmod -b "$1" "$release"
	rm -rf "$work" "${1:?}/lib" "$1/$lib/kernel"
}

name=$1
base=$(sh "$vm_dir/base.sh")
release=$(basename "$base"/root/lib/modules/*)
key=$({ cat "$0" "$vm_dir/module/$name.c" 2>/dev/null || true; echo "$base"; } | digest)
cached "$name-$key" make_modules
echo "$made"
