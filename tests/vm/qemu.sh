#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# qemu.sh [arm64]: prints the path of a qemu-system-x86_64, or -aarch64, that has vfio-user-pci (10.1 or later): a
# wrapper around the one of trixie-backports, unpacked in the cache with all its libraries. Nothing is installed.
# usr/share/OVMF beside that of x86_64 holds UEFI firmware.
set -eu
. "$(dirname -- "$0")/lib.sh"

unpack=$top/packaging/deps/unpack.sh
packages='qemu-system-x86 ovmf' machine=x86_64
[ "${1:-}" != arm64 ] || packages=qemu-system-arm machine=aarch64

make_qemu() {
	out=$1
	sh "$unpack" "$out" "$(mirror)" "$packages" trixie trixie-backports
	cat >"$out/qemu" <<-END
		#!/bin/sh
		here=\$(CDPATH='' cd -- "\$(dirname -- "\$0")" && pwd)
		lib=\$here/usr/lib/x86_64-linux-gnu
		export QEMU_MODULE_DIR="\$lib/qemu"
		exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib" "\$here/usr/bin/qemu-system-$machine" \\
			-L "\$here/usr/share/qemu" -L "\$here/usr/share/seabios" "\$@"
	END
	chmod +x "$out/qemu"
	set -- # x86_64 has a machine of its own that is used where none is named
	[ "$machine" = x86_64 ] || set -- -M virt
	"$out/qemu" "$@" -device help | grep vfio-user-pci
}

cached "qemu-$machine-$(cat "$0" "$unpack" | digest)" make_qemu
echo "$made/qemu"
