#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rpm.sh FOLDER VERSION: the RPM packages of this tree, in FOLDER ("make rpm"): source and binary, unsigned. On Debian it
# needs the packages that "packages.sh build rpm" installs; a network only where vendor/ is not there yet.
set -eu
cd "$(dirname "$0")/.."
umask 022

case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
tree=$out/tree
[ -e vendor/VERSIONS ] || sh packaging/vendor.sh
rm -rf "$out"
mkdir -p "$tree/SOURCES"
sh packaging/dist.sh "$tree/SOURCES" "$2" >/dev/null
# On Debian rpm's own list of what is installed is empty.
nodeps=--nodeps
! rpm -q rpm >/dev/null 2>&1 || nodeps=
# The same files give the same bytes: times are those of the newest entry of the spec's changelog; the source package, which
# has the spec with all names of folders in it, is made by itself, with names that are the same everywhere.
build() {
	# shellcheck disable=SC2086 # none or one
	rpmbuild $nodeps --define 'source_date_epoch_from_changelog 1' --define 'clamp_mtime_to_source_date_epoch 1' \
		--define 'use_source_date_epoch_as_buildtime 1' --define '_buildhost localhost' "$@" gpurom.spec
}
install -m 644 packaging/rpm/gpurom.spec "$tree/SOURCES/"
cd "$tree/SOURCES"
{ build -bb --define "_topdir $tree" && build -bs --define '_topdir .' --define '_sourcedir .'; } >"$out/build.log" 2>&1 || {
	tail -n 30 "$out/build.log" >&2
	echo "rpm: the build failed; all it printed is in $out/build.log" >&2
	exit 1
}
mv "$tree"/RPMS/*/*.rpm SRPMS/*.rpm "$out/"
cd "$out"
rm -rf "$tree"
ls "$out"/*.rpm
