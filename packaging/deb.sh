#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# deb.sh FOLDER VERSION: the Debian packages of this tree, in FOLDER ("make deb"): source and binary, unsigned. Needs the
# packages that "packages.sh build deb" installs; a network only where vendor/ is not there yet.
set -eu
cd "$(dirname "$0")/.."
umask 022

case $1 in /*) to=$1 ;; *) to=$PWD/$1 ;; esac
out=$to.$$ # nobody meets half of it
tree=$out/gpurom-$2
orig=$out/gpurom_$2.orig.tar.gz
[ -e vendor/VERSIONS ] || sh packaging/vendor.sh
mkdir -p "$out"
# The time of all files, from a checkout and from the tarball alike.
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l packaging/debian/changelog -S Timestamp)
export SOURCE_DATE_EPOCH
sh packaging/dist.sh "$out" "$2" >/dev/null
mv "$out/gpurom-$2.tar.gz" "$orig"
tar -xzf "$orig" -C "$out"
cp -R packaging/debian "$tree/debian"
cd "$tree"
dpkg-buildpackage --no-sign >"$out/build.log" 2>&1 || {
	mv "$out/build.log" "$to.log"
	rm -rf "$out"
	tail -n 30 "$to.log" >&2
	echo "deb: the build failed; all it printed is in $to.log" >&2
	exit 1
}
cd "$out"
rm -rf "$tree"
rm -rf "$to"
mv "$out" "$to"
ls "$to"/*.deb
