#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# uki.sh VARIANT TREE [WORDS]: prints the folder of an EFI system partition, esp/, from which firmware boots a unified
# kernel image with the files of TREE ("make install DESTDIR=TREE") in it: of Debian 12 as dracut makes it with --uefi;
# of another suite as ukify makes it of dracut's image. With WORDS, an addon has these for the kernel's command
# line: systemd-stub reads addons from version 254 on, Debian 12 has 252.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
tree=$(realpath -- "$2")
addon=${3:-}
stubs=/usr/lib/systemd/boot/efi
case $(suite_of "$variant") in
bookworm) packages='systemd-boot-efi binutils' ;;
*) packages='systemd-boot-efi systemd-ukify' ;;
esac

# The packages come by this machine's own apt, which knows how to get at the mirror.
add_packages() {
	download "$1" update
	# shellcheck disable=SC2086 # a list
	download "$1" install -y --download-only --no-install-recommends $packages
	# shellcheck disable=SC2086 # a list
	in_root "$1" apt-get install -y --no-download --no-install-recommends $packages
}

by_dracut() {
	sh "$vm_dir/initrd.sh" "$variant" "$1" --uefi --uefi-stub "$stubs/linuxx64.efi.stub" \
		--kernel-image "/boot/vmlinuz-$release" --kernel-cmdline "$words"
	mv "$1/boot/initrd" "$1/boot/uki.efi"
}

by_ukify() {
	cp "$(sh "$vm_dir/guest.sh" "$variant" "$tree")/initrd" "$1/boot/initrd"
	in_root "$1" ukify build --linux="/boot/vmlinuz-$release" --initrd=/boot/initrd --cmdline="$words" \
		--uname="$release" --output=/boot/uki.efi
	[ -z "$addon" ] || in_root "$1" ukify build --cmdline="$addon" --output=/boot/words.addon.efi
}

# Firmware boots the file of that name where nothing else is asked for; the addons of a file lie beside it.
make_esp() {
	root=$1/root
	boot=$1/esp/EFI/BOOT
	cp -a "$base/root" "$root" # not by hard links: dpkg writes to what is there
	cp -a --remove-destination "$tree/." "$root/"
	add_packages "$root"
	release=$(basename "$root"/lib/modules/*)
	words=$(kernel_words '')
	case $(suite_of "$variant") in
	bookworm) by_dracut "$root" ;;
	*) by_ukify "$root" ;;
	esac
	mkdir -p "$boot"
	mv "$root/boot/uki.efi" "$boot/BOOTX64.EFI"
	if [ -n "$addon" ]; then
		mkdir "$boot/BOOTX64.EFI.extra.d"
		mv "$root/boot/words.addon.efi" "$boot/BOOTX64.EFI.extra.d/"
	fi
	rm -rf "$root"
}

base=$(sh "$vm_dir/variant.sh" "$variant")
key=$({ cat "$0" "$vm_dir/initrd.sh" && echo "$base $addon $(kernel_words '')" && contents "$tree"; } | digest)
[ -d "$cache/uki-$variant-$key" ] || as_root "$@"
cached "uki-$variant-$key" make_esp
echo "$made/esp"
