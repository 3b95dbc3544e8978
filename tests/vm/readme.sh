#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# readme.sh VARIANT TARBALL: prints the folder of the variant's root, with an image that knows nothing of gpurom, in which
# somebody has unpacked TARBALL and typed what README.md says of a host's first five minutes, word for word, and "y" where
# apt asks: root/, base.img, and initrd as it then lies in /boot. Its log says what was printed. What the README has typed
# after the reboot is in the root as /five-minutes.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1 tarball=$2

# The commands of the Nth block of that section.
block() {
	awk -v n="$1" '/^## / { on = /^## Five minutes/ } on && /^```/ { i += /^```sh/; show = /^```sh/ && i == n; next } show' "$top/README.md"
}

make_root() {
	out=$1
	block 1 >"$out/before"
	[ "$(tail -n 1 "$out/before")" = reboot ] # which boot.sh does
	cp -a "$base/root" "$out/root"
	release=$(basename "$out"/root/lib/modules/*)
	in_root "$out/root" update-initramfs -c -k "$release"
	mkdir "$out/root/gpurom"
	tar -xzf "$tarball" -C "$out/root/gpurom" --strip-components=1
	sed '$d' "$out/before" >"$out/root/gpurom/typed"
	cp /etc/resolv.conf "$out/root/etc/"
	yes | in_root "$out/root" sh -euc 'mount -t sysfs sysfs /sys && cd /gpurom && sh -eux typed'
	rm -r "$out/root/gpurom" "$out/root/var/lib/apt/lists"
	block 2 >"$out/root/five-minutes"
	cp "$out/root/boot/initrd.img-$release" "$out/initrd"
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$out/root" "$out/base.img" 3G
}

base=$(sh "$vm_dir/variant.sh" "$variant")
key=$({ cat "$0" "$top/README.md" "$tarball" && echo "$base"; } | digest)
[ -d "$cache/readme-$variant-$key" ] || as_root "$@"
cached "readme-$variant-$key" make_root
echo "$made"
