#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# overlay.sh TREE IMAGE: puts every file and link of TREE into an ext4 image, over what is there, owned
# by root; without a mount.
set -eu

image=$(realpath -- "$2")
cd "$1"
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT

{
	find . -mindepth 1 -type d -printf 'mkdir "/%P"\n'
	find . \( -type f -o -type l \) -printf 'rm "/%P"\n'
	find . -type f -printf 'write "%p" "/%P"\n'
	find . -type l -printf 'symlink "/%P" "%l"\n'
} >"$commands"
# It complains of folders that are there and of files that are not, and has no exit status to trust.
debugfs -w -f "$commands" "$image" >/dev/null 2>&1
find . -type f -printf '%P\n' | while read -r file; do
	debugfs -R "cat \"/$file\"" "$image" 2>/dev/null | cmp -s - "$file" || {
		echo "overlay.sh: $file did not get into $image" >&2
		exit 1
	}
done
