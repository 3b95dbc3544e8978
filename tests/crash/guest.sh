#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints the folder of the guest that the store is tried in: vmlinux, a stock Debian 12 kernel unpacked, and
# base.cpio, what every boot's initramfs begins with: busybox, the modules and the tools of three file
# systems and of the device mapper. No root file system: it boots in seconds where it is emulated.
set -eu
vm_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/../vm" && pwd)
# shellcheck source=../vm/lib.sh
. "$vm_dir/lib.sh"

unpack=$top/packaging/deps/unpack.sh
packages='linux-image-amd64 busybox-static xfsprogs btrfs-progs dmsetup e2fsprogs'
modules='virtio_pci virtio_blk loop dm_mod dm_log_writes dm_snapshot ext4 xfs btrfs crc32c_generic crc32c_intel'
programs='sbin/mke2fs sbin/mkfs.xfs sbin/mkfs.btrfs sbin/dmsetup bin/btrfs'
etc='etc/mke2fs.conf'

# A program, the libraries it needs, and what starts it.
take_program() {
	cp -L "$1/$3" "$2/bin/"
	lib=$1/lib/x86_64-linux-gnu
	"$lib/ld-linux-x86-64.so.2" --library-path "$lib:$1/usr/lib/x86_64-linux-gnu" --list "$1/$3" |
		sed -n 's/.* => \([^ ]*\) .*/\1/p' | while read -r file; do
		cp -L "$file" "$2/lib/x86_64-linux-gnu/"
	done
}

take_modules() {
	release=$(basename "$1"/lib/modules/*)
	depmod -b "$1" "$release"
	# shellcheck disable=SC2086 # a list
	modprobe -d "$1" -S "$release" -D -a $modules | sed -n 's/^insmod \([^ ]*\).*/\1/p' |
		sort -u | while read -r file; do
		mkdir -p "$2/${file#"$1"}"
		rmdir "$2/${file#"$1"}"
		cp "$file" "$2/${file#"$1"}"
	done
	cp "$1/lib/modules/$release"/modules.builtin* "$1/lib/modules/$release/modules.order" "$2/lib/modules/$release/"
	depmod -b "$2" "$release"
}

make_guest() {
	from=$1/from to=$1/root
	mkdir -p "$from" "$to/bin" "$to/etc" "$to/lib64" "$to/lib/x86_64-linux-gnu" "$to/proc" "$to/sys" "$to/dev"
	sh "$unpack" "$from" "$(mirror)" "$packages" bookworm
	cp "$from/bin/busybox" "$to/bin/busybox"
	ln -s busybox "$to/bin/sh"
	ln -s bin "$to/sbin"
	cp -L "$from/lib64/ld-linux-x86-64.so.2" "$to/lib64/"
	cp "$from/$etc" "$to/etc/"
	for program in $programs; do
		take_program "$from" "$to" "$program"
	done
	ln -s mke2fs "$to/bin/mkfs.ext4"
	take_modules "$from" "$to"
	sh "$vm_dir/vmlinux.sh" "$from"/boot/vmlinuz-* >"$1/vmlinux"
	(cd "$to" && find . | cpio -o -H newc -R 0:0 --quiet) >"$1/base.cpio"
	rm -rf "$from" "$to"
}

cached "store-$(cat "$0" "$unpack" "$vm_dir/vmlinux.sh" | digest)" make_guest
echo "$made"
