#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# packages.sh VARIANT FILE...: prints the folder of the variant's root in which these packages, .deb or .rpm, were
# installed, as on a host that has an image without them: root/, base.img, and initrd, the image that the package has made
# of it. Its log says what was printed. An .rpm is installed by this machine's rpm, without looking at what it depends on.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
shift
files=$*

install_debs() {
	mkdir "$1/debs"
	# shellcheck disable=SC2086 # a list
	cp $files "$1/debs/"
	in_root "$1" sh -c 'dpkg -i /debs/*.deb'
	rm -r "$1/debs"
}

# rpm goes into the root by itself, for the packages' scripts.
install_rpms() {
	rpm --root "$1" --initdb
	# shellcheck disable=SC2016,SC2086 # the inner shell's; a list
	unshare --mount sh -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		LC_ALL=C.UTF-8 rpm --root "$root" --nodeps --ignoreos -Uv "$@"' sh "$1" $files
}

make_root() {
	out=$1
	cp -a "$base/root" "$out/root"
	release=$(basename "$out"/root/lib/modules/*)
	case $(generator_of "$variant") in
	dracut*) in_root "$out/root" dracut --force --no-hostonly --kver "$release" "/boot/initrd.img-$release" ;;
	*) in_root "$out/root" update-initramfs -c -k "$release" ;;
	esac
	case $files in
	*.rpm) install_rpms "$out/root" ;;
	*) install_debs "$out/root" ;;
	esac
	cp "$out/root/boot/initrd.img-$release" "$out/initrd"
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$out/root" "$out/base.img" 600M
}

base=$(sh "$vm_dir/variant.sh" "$variant")
key=$({ cat "$0" "$@" && echo "$base"; } | digest)
[ -d "$cache/packages-$variant-$key" ] || as_root "$variant" "$@"
cached "packages-$variant-$key" make_root
echo "$made"
