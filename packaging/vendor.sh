#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vendor.sh: the sources of the four libraries into vendor/, as NAME.tar.gz each, so that this tree builds without a
# network ("make vendor"). The same sources give the same bytes. vendor/VERSIONS says which they are.
set -eu
cd "$(dirname "$0")/.."

mkdir -p build vendor
tmp=$(mktemp -d "$PWD/build/vendor.XXXXXX") # of the same file system: who reads vendor/ meanwhile meets whole files
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/vendor"
: >"$tmp/vendor/VERSIONS"
for name in pciutils libmd cjson expat; do
	sh packaging/deps/sources.sh "$name" "$tmp/$name" "$tmp/apt"
	sed -n "1s/ (\([^)]*\)).*/ \1 (Debian)/p" "$tmp/$name/debian/changelog" 2>/dev/null >>"$tmp/vendor/VERSIONS" ||
		echo "$name: from ${name}_SRC" >>"$tmp/vendor/VERSIONS"
	# What expat tests itself with is 84 MB.
	tar --exclude=expat/testdata --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rwX,go=rX -C "$tmp" -cf - "$name" |
		gzip -9n >"$tmp/vendor/$name.tar.gz"
done
mv "$tmp"/vendor/*.tar.gz vendor/
mv "$tmp/vendor/VERSIONS" vendor/ # last: where it is, the others are
cat vendor/VERSIONS
