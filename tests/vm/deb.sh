#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# deb.sh VARIANT DEB...: prints the folder of the variant's root in which these packages were installed by dpkg, as on a
# host that has an image without them: root/, base.img, and initrd, the image that the package has made of it. Its log
# says what dpkg printed.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
shift
debs=$*

make_root() {
	out=$1
	cp -a "$base/root" "$out/root"
	release=$(basename "$out"/root/lib/modules/*)
	case $(generator_of "$variant") in
	dracut*) in_root "$out/root" dracut --force --no-hostonly --kver "$release" "/boot/initrd.img-$release" ;;
	*) in_root "$out/root" update-initramfs -c -k "$release" ;;
	esac
	mkdir "$out/root/debs"
	# shellcheck disable=SC2086 # a list
	cp $debs "$out/root/debs/"
	in_root "$out/root" sh -c 'dpkg -i /debs/*.deb'
	rm -r "$out/root/debs"
	cp "$out/root/boot/initrd.img-$release" "$out/initrd"
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$out/root" "$out/base.img" 600M
}

base=$(sh "$vm_dir/variant.sh" "$variant")
key=$({ cat "$0" "$@" && echo "$base"; } | digest)
[ -d "$cache/deb-$variant-$key" ] || as_root "$variant" "$@"
cached "deb-$variant-$key" make_root
echo "$made"
