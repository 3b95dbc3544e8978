#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sources.sh NAME DIR APT: unpacks the source of the library NAME (pciutils, libmd, cjson, expat) as the folder DIR.
# It is, the first that there is:
#	NAME_SRC from the environment (PCIUTILS_SRC and so on): an unpacked tree or a tarball
#	vendor/NAME.tar.gz of this tree, which "make vendor" makes
#	the source package of this Debian release, downloaded once by an apt of its own in the folder APT and kept in
#	the cache (packaging/deps/cache.sh)
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
name=$1 to=$2 apt=$3
variable=$(echo "$name" | tr '[:lower:]' '[:upper:]')_SRC
eval "given=\${$variable-}"

die() {
	echo "deps: $*" >&2
	exit 1
}

# no_source WHY
no_source() {
	die "cannot get the sources of $name: $1. Any of these helps:
	vendor/               of gpurom's release tarball, or made by 'make vendor' where there is a Debian archive
	make $variable=FILE   an unpacked tree or a tarball of $name; so for each of pciutils, libmd, cjson, expat
	make LIBC=system      the shared libraries of this distribution, without musl"
}

# Where an archive names a version whose files it does not have, as a mirror does that is behind, the one before it.
fetch() {
	sh "$top/packaging/deps/apt.sh" "$apt" -qq source --download-only "$name" && return
	for version in $(apt-cache -c "$apt/apt.conf" showsrc --only-source "$name" 2>/dev/null | sed -n 's/^Version: //p'); do
		rm -f -- *
		sh "$top/packaging/deps/apt.sh" "$apt" -qq source --download-only "$name=$version" && return
	done
	return 1
}

# The source package of this release, as apt verified it, in $package (a .dsc).
download() {
	# shellcheck source=/dev/null # a file of the system
	release=$(. /etc/os-release && echo "$ID")-$(tr / - </etc/debian_version)
	folder=$(sh "$top/packaging/deps/cache.sh" "src/$release/$name")
	if [ ! -e "$folder/complete" ]; then
		echo "  downloading the source package of $name"
		(cd "$folder" && fetch) >"$folder.log" 2>&1 || {
			tail -n 20 "$folder.log" >&2
			no_source "Debian's archive has no source package of it, or cannot be reached"
		}
		: >"$folder/complete"
	fi
	package=$(ls "$folder"/*.dsc)
}

tarball() {
	mkdir -p "$to"
	tar -xf "$1" -C "$to" --strip-components=1 || die "cannot unpack $1"
}

rm -rf "$to"
mkdir -p "${to%/*}"
if [ -d "$given" ]; then
	cp -R "$given" "$to"
elif [ -n "$given" ]; then
	tarball "$given"
elif [ -e "$top/vendor/$name.tar.gz" ]; then
	tarball "$top/vendor/$name.tar.gz"
else
	{ command -v apt-get && command -v dpkg-source; } >/dev/null ||
		no_source "they are not here, and this is no Debian that could fetch them"
	download
	dpkg-source --no-check -x "$package" "$to" >/dev/null 2>&1 || die "cannot unpack $package"
fi
