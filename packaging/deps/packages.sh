#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# packages.sh SET...: installs what is missing of the Debian packages that SET needs; says nothing when
# nothing is. As root, else through sudo, else it ends with the command to run. Sets: see below.
set -eu

build="gcc libc6-dev make musl-tools linux-libc-dev dpkg-dev"
vm="mmdebstrap e2fsprogs kmod cpio zstd xz-utils libelf1"
check="libcmocka-dev libpci-dev libmd-dev libcjson-dev libexpat1-dev libfuse3-dev fuse3 pkg-config"
check="$check apparmor secilc selinux-utils bats zsh fish parallel jq strace libxml2-utils mandoc busybox klibc-utils python3 python3-jsonschema python3-prometheus-client systemd libvirt0"
# Another machine's architecture: its compiler, musl, what the unit tests link, and QEMU that runs them.
arm64="gcc-aarch64-linux-gnu libc6-dev-arm64-cross musl-dev:arm64 qemu-user-static pkgconf:arm64"
arm64="$arm64 libcmocka-dev:arm64 libpci-dev:arm64 libmd-dev:arm64 libcjson-dev:arm64 libexpat1-dev:arm64"
packages_of() {
	case $1 in
	build) echo "$build" ;;
	vm) echo "$vm" ;;
	demo) echo "$build $vm" ;;
	check) echo "$build $vm $check" ;;
	arm64) echo "$arm64" ;;
	deb) echo "build-essential debhelper" ;;
	suites) echo "autopkgtest mmdebstrap" ;;
	arch) echo "makepkg pacman-package-manager libarchive-tools fakeroot zstd" ;;
	rpm) echo "rpm rpmlint debugedit elfutils cpio" ;;
	bench) echo "strace perl-base" ;;
	lint) echo "clang libclang-rt-dev clang-format shellcheck cppcheck reuse lintian" ;;
	*)
		echo "packages.sh: no such set: $1 (arch arm64 bench build check deb demo lint rpm suites vm)" >&2
		exit 2
		;;
	esac
}

# A package may be here for several architectures, each a line.
here=$(dpkg --print-architecture 2>/dev/null || :)
installed() {
	case $1 in
	*:*) architecture=${1#*:} ;;
	*) architecture=$here ;;
	esac
	dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "$1" 2>/dev/null |
		grep -qxE "(all|$architecture) installed"
}

missing=
for set in "$@"; do
	wanted=$(packages_of "$set")
	for package in $wanted; do
		installed "$package" || missing="$missing $package"
	done
done
[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086 # a list of words
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "packages.sh: not root and no sudo here; as root, please: apt-get install $missing" >&2
	exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q "$@" >"$log" 2>&1 </dev/null
}
# Packages of another architecture are known to apt once dpkg has been told of it, and the lists are fetched.
add_architectures() {
	# shellcheck disable=SC2086 # a list of words
	for architecture in $(printf '%s\n' $missing | sed -n 's/.*://p' | sort -u); do
		dpkg --print-foreign-architectures | grep -qx "$architecture" && continue
		$as_root dpkg --add-architecture "$architecture"
		apt update
	done
}
echo "installing $missing"
add_architectures || { tail -n 20 "$log" >&2 && exit 1; }
# Lists that were never fetched, or too long ago, are told by an install that fails.
# shellcheck disable=SC2086 # a list of words
if ! apt install -y --no-install-recommends $missing; then
	if ! { apt update && apt install -y --no-install-recommends $missing; }; then
		tail -n 20 "$log" >&2
		echo "packages.sh: could not install $missing" >&2
		exit 1
	fi
fi
