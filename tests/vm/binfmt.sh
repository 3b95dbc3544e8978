#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# binfmt.sh COMMAND...: runs COMMAND; while it runs, so do arm64's programs on this machine, in whichever root they lie, by
# QEMU's emulation of a program (Debian: qemu-user-static). No package is asked to make this last: the machine is left as it was.
set -eu

qemu=$(command -v qemu-aarch64-static) || {
	echo "binfmt.sh: no qemu-aarch64-static here (Debian: qemu-user-static)" >&2
	exit 1
}

# What such a program begins with, see elf.h and the kernel's Documentation/admin-guide/binfmt-misc.rst: 64 bits, low byte
# first, any ABI; of type 2 or 3; for machine 183. F: QEMU is opened now, not looked for in the program's root.
name=gpurom-arm64-$$
magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'

# The file system that takes it is mounted where nobody else sees it.
binfmt() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount sh -euc 'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
		printf "%s" "$2" >"/proc/sys/fs/binfmt_misc/$1"' sh "$@"
}

trap 'binfmt "$name" -1' EXIT
trap 'exit 1' INT TERM
binfmt register ":$name:M::$magic:$mask:$qemu:F"
"$@"
