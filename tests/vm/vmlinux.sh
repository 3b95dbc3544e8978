#!/bin/sh
# vmlinux.sh VMLINUZ: writes the kernel inside a bzImage to standard output. An emulated CPU then
# has nothing to unpack, which saves seconds a boot.
# Fields: the kernel's Documentation/x86/boot.rst (setup_sects, payload_offset, payload_length).
set -eu

field() {
	od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

sectors=$(field "$1" $((0x1f1)) 1)
start=$(((sectors + 1) * 512 + $(field "$1" $((0x248)) 4)))
length=$(field "$1" $((0x24c)) 4)

# The last four bytes of the payload are the size it unpacks to, put there for the boot code.
tail -c "+$((start + 1))" "$1" | head -c "$((length - 4))" | xz -dc
