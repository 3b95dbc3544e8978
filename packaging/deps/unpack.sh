#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# unpack.sh DIR MIRROR "PACKAGE..." SUITE...: packages of the last Debian SUITE, and all they depend on
# out of these suites, unpacked below DIR, each library of its own along. Nothing is installed: what is there
# runs through DIR/usr/lib/<arch>/ld-linux-x86-64.so.2 --library-path. Environment: ARCH, another architecture than
# this machine's.
set -eu
out=$1 mirror=$2 packages=$3
shift 3
d=$out/apt
mkdir -p "$d/lists/partial" "$d/archives/partial"
: >"$d/status" # believes that nothing is installed
for suite; do
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$keys] $mirror $suite main"
done >"$d/sources.list"

own_apt() {
	apt-get ${ARCH:+-o "APT::Architecture=$ARCH" -o "APT::Architectures=$ARCH"} -o Dir::State="$d" -o Dir::State::status="$d/status" -o Dir::Cache="$d" \
		-o Dir::Etc::SourceList="$d/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
		-o APT::Install-Recommends=false -o APT::Sandbox::User=root "$@"
}

own_apt update
# shellcheck disable=SC2086 # a list of words
own_apt -t "$suite" install -y --download-only $packages
for deb in "$d"/archives/*.deb; do
	dpkg-deb -x "$deb" "$out"
done
rm -rf "$d" "$out/usr/share/doc" "$out/usr/share/man"
