#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmlinux.sh VMLINUZ: writes the kernel inside a bzImage to standard output. An emulated CPU then
# has nothing to unpack, which saves seconds a boot.
# Fields: the kernel's Documentation/arch/x86/boot.rst (setup_sects, payload_offset, payload_length).
set -eu

field() {
	od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# By the magic number it begins with. The kernel's makefile has zstd use a window larger than its default.
unpack() {
	case $(od -An -v -t x1 -j "$start" -N 4 "$1" | tr -d ' ') in
	fd377a58) xz -dc ;;
	28b52ffd) zstd -dc --long=31 ;;
	*) echo "vmlinux.sh: $1 is neither xz nor zstd inside" >&2 && exit 1 ;;
	esac
}

sectors=$(field "$1" $((0x1f1)) 1)
start=$(((sectors + 1) * 512 + $(field "$1" $((0x248)) 4)))
length=$(field "$1" $((0x24c)) 4)

# The last four bytes of the payload are the size it unpacks to, put there for the boot code.
tail -c "+$((start + 1))" "$1" | head -c "$((length - 4))" | unpack "$1"
