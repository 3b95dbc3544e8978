#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# program.sh [arm64]: builds gpurom and the test programs, installs gpurom into $build/vm/tree as a package would, and
# assembles the ROMs of the cards into $build/vm/roms; there too what of them some sources give. With arm64 gpurom is
# built for that, too, and installed into $build/vm/tree-arm64.
set -eu
. "$(dirname -- "$0")/lib.sh"

# Not B=$build where nobody asked for another folder: make knows an object by the name it had before.
make_here() {
	make -s -C "$top" ${GPUROM_BUILD:+B="$GPUROM_BUILD"} "$@"
}

make_here all vm-tools
rm -rf "$build/vm/tree"
mkdir -p "$build/vm/roms"
make_here install DESTDIR="$build/vm/tree" PREFIX=/usr
if [ "${1:-}" = arm64 ]; then
	rm -rf "$build/vm/tree-arm64"
	set -- HOST=aarch64-linux-gnu ${GPUROM_BUILD:+B="$GPUROM_BUILD/aarch64-linux-gnu"}
	make -s -C "$top" "$@" all
	make -s -C "$top" "$@" install DESTDIR="$build/vm/tree-arm64" PREFIX=/usr
fi
for text in "$vm_dir"/cards/*.rom.txt; do
	rom=${text##*/}
	"$build/tests/mkrom" "$text" "$build/vm/roms/${rom%.txt}"
done
cd "$build/vm/roms"
head -c $((0x7b * 512)) modern.rom >modern-x86.rom # a BIOS copies the x86 image
{ cat flash.rom && head -c 1M /dev/zero | tr '\0' '\377'; } | head -c 1M >flash-window.rom
