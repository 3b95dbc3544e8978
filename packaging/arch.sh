#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# arch.sh FOLDER VERSION: the packages for Arch Linux of this tree, in FOLDER ("make arch"), unsigned. On Debian it needs the
# packages that "packages.sh build arch" installs; a network only where vendor/ is not there yet. makepkg does not run as
# root: for root the user nobody builds.
set -eu
cd "$(dirname "$0")/.."
umask 022

case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
[ -e vendor/VERSIONS ] || sh packaging/vendor.sh
rm -rf "$out"
mkdir -p "$out"
# Not below FOLDER, to which the user may have no way.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
sh packaging/dist.sh "$tree" "$2" >/dev/null
for file in packaging/arch/*; do
	[ "${file%.bats}" != "$file" ] || install -m 644 "$file" "$tree/"
done
as=
if [ "$(id -u)" = 0 ]; then
	chown -R nobody "$tree"
	as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
	getent group nogroup >/dev/null || as="setpriv --reuid=nobody --regid=nobody --clear-groups"
fi
# On Debian pacman's list of what is installed is empty.
nodeps=--nodeps
! pacman -Q pacman >/dev/null 2>&1 || nodeps=
cd "$tree"
# shellcheck disable=SC2086 # lists
$as env HOME="$tree" PKGDEST="$tree" SRCDEST="$tree" BUILDDIR="$tree/build" PKGEXT=.pkg.tar.zst \
	PACKAGER='the gpurom authors <gpurom@packages.invalid>' makepkg $nodeps --force --nocolor >"$out/build.log" 2>&1 || {
	tail -n 30 "$out/build.log" >&2
	echo "arch: the build failed; all it printed is in $out/build.log" >&2
	exit 1
}
cp "$tree"/*.pkg.tar.zst "$out/"
ls "$out"/*.pkg.tar.zst
