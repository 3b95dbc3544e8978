#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initrd.sh OUT: makes OUT/initrd, the guest's initramfs: what guest.sh made, the program, the tools, the
# machines of "seed", and the scripts of "parts".
set -eu
vm_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/../vm" && pwd)
# shellcheck source=../vm/lib.sh
. "$vm_dir/lib.sh"

here=$top/tests/crash
out=$1
guest=$(sh "$here/guest.sh")
rm -rf "$out/tree"
mkdir -p "$out/tree/bin" "$out/tree/seed"
cp "$build/gpurom" "$build/tests/faults" "$build/tests/sysfail" "$build/tests/storelook" "$build/tests/replaylog" \
	"$out/tree/bin/"
strip "$out"/tree/bin/*
bash "$here/seed" "$out/tree/seed" 2>/dev/null
cp "$here/init" "$out/tree/init"
chmod +x "$out/tree/init"
cp -r "$here/parts" "$out/tree/"
{
	cat "$guest/base.cpio"
	(cd "$out/tree" && find . | cpio -o -H newc -R 0:0 --quiet)
} >"$out/initrd"
