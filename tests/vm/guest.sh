#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guest.sh VARIANT TREE: prints the folder with the initrd that the variant makes once the files of TREE
# ("make install DESTDIR=TREE"; TREE-arm64 for a variant of that) are installed in it, and with the root's files that gpurom's hook left then, in notes.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$(image_of "$1")
tree=$(realpath -- "${2%-arm64}$(tree_suffix "$1")")
case $variant in *busybox) exec sh "$vm_dir/busybox.sh" "$variant" "$tree" ;; esac

# Hard links: a copy of the root in no time. Nothing of it is written to but by replacing files.
make_guest() {
	cp -al "$base/root" "$1/root"
	cp -a --remove-destination "$tree/." "$1/root/"
	sh "$vm_dir/initrd.sh" "$variant" "$1/root"
	mv "$1/root/boot/initrd" "$1/initrd"
	mkdir -p "$1/notes/var/lib/gpurom"
	mv "$1/root/var/lib/gpurom/images" "$1/notes/var/lib/gpurom"
	rm -rf "$1/root"
}

base=$(sh "$vm_dir/variant.sh" "$variant")
key=$({ cat "$0" && echo "$base" && contents "$tree"; } | digest)
[ -d "$cache/gpurom-$variant-$key" ] || as_root "$@"
cached "gpurom-$variant-$key" make_guest
echo "$made"
