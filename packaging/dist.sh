#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# dist.sh FOLDER VERSION: FOLDER/gpurom-VERSION.tar.gz, this tree without what was built in it ("make dist"). With
# vendor/, where that is there, so that it builds without a network. The same files give the same bytes: their time is
# SOURCE_DATE_EPOCH, or that of the commit, or that of the newest release in CHANGELOG.md.
set -eu
cd "$(dirname "$0")/.."

out=$1
name=gpurom-$2
vendor=$(find vendor -type f 2>/dev/null || :)
if [ -e .git ]; then
	files=$(git ls-files --cached --others --exclude-standard)
	: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
else
	files=$(find . \( -path ./build -o -path ./vendor \) -prune -o \( -type f -o -type l \) -print | sed 's,^\./,,')
	released=$(sed -n 's/^## .* - \([0-9-]*\)$/\1/p' CHANGELOG.md | head -n 1)
	: "${SOURCE_DATE_EPOCH:=$(date -u -d "$released" +%s)}"
fi
mkdir -p "$out"
new=$out/$name.tar.$$ # nobody meets half of it, nor another one's
# shellcheck disable=SC2086 # a list
printf '%s\n' "$files" $vendor | LC_ALL=C sort -u |
	tar --no-recursion --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go=rX \
		--transform="s,^,$name/,S" --verbatim-files-from -T - -cf "$new"
gzip -9n <"$new" >"$new.gz"
rm "$new"
mv "$new.gz" "$out/$name.tar.gz"
echo "$out/$name.tar.gz"
