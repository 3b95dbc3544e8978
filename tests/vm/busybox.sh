#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# busybox.sh VARIANT [TREE]: prints the folder of the minimal guest: initrd, an image made by hand (busybox,
# the modules a disk and vfio-pci need, and the init of the folder "busybox", which gpurom(8) shows), and
# base.img, a root that has no more than busybox, the modules and a first process that reports. With TREE
# ("make install DESTDIR=TREE") gpurom is in the initrd. It boots in seconds where a real root adds nothing.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
in_image='virtio_pci virtio_blk ext4 crc32c_intel crc32c_generic vfio_pci vfio_iommu_type1 virtio_iommu'
if is_arm64 "$variant"; then
	triplet=aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1
else
	triplet=x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2
fi

# Busybox under every name it knows, the libraries it needs, places for what is mounted.
take_busybox() {
	lib=$2/lib/$triplet
	mkdir -p "$lib" "$2/lib64" "$2/usr/bin" "$2/usr/local/sbin" "$2/etc" "$2/root" "$2/proc" "$2/sys" "$2/dev" \
		"$2/run" "$2/var" "$2/tmp"
	ln -s usr/bin "$2/bin"
	ln -s usr/bin "$2/sbin"
	ln -s bin "$2/usr/sbin"
	dpkg-deb -x "$base"/root/var/cache/apt/archives/busybox_*.deb "$1"
	cp "$(find "$1" -path '*/bin/busybox' -type f)" "$2/bin/"
	cp -L "$base/root/$loader" "$2/$loader"
	cp -L "$base/root/lib/$triplet/libc.so.6" "$base/root/lib/$triplet/libresolv.so.2" "$lib/"
	for applet in $(in_root "$2" /bin/busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$2/bin/$applet"
	done
}

# take_modules ROOT [NAME...]: those and what they need; none named: all of the base's. Unpacked: busybox knows no
# compressed ones.
take_modules() {
	root=$1
	shift
	release=$(basename "$base"/root/lib/modules/*)
	cp -a "$base/root/lib/modules" "$root/lib/"
	find "$root/lib/modules/" -name '*.ko.xz' -exec xz -d {} +
	depmod -b "$root" "$release"
	if [ $# -gt 0 ]; then
		modprobe -d "$root" -S "$release" -D -a "$@" | sed -n 's/^insmod \([^ ]*\).*/\1/p' >"$root/wanted"
		find "$root/lib/modules/$release" -name '*.ko' | while read -r file; do
			grep -qxF "$file" "$root/wanted" || rm "$file"
		done
		rm "$root/wanted"
	fi
	depmod -b "$root" "$release"
}

make_busybox() {
	take_busybox "$1/from" "$1/root"
	cp -a "$1/root" "$1/image"
	# shellcheck disable=SC2086 # a list
	take_modules "$1/image" $in_image
	install -m 755 "$vm_dir/busybox/init" "$1/image/init"
	# The IOMMU's driver, which is built into kernels of real ones, before vfio-pci.
	! is_arm64 "$variant" || sed -i 's/^modprobe -a vfio/modprobe -a virtio_iommu vfio/' "$1/image/init"
	take_modules "$1/root"
	rm "$1/root/bin/init"
	install -m 755 "$vm_dir/busybox/root-init" "$1/root/bin/init"
	(cd "$1/image" && find . | cpio -o -H newc -R 0:0 --quiet) >"$1/initrd"
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$1/root" "$1/base.img" 48M
	rm -rf "$1/from" "$1/image" "$1/root"
}

# The second archive is unpacked over the first.
make_guest() {
	mkdir -p "$1/over/usr/bin" "$1/over/etc"
	cp "$tree/usr/lib/gpurom/gpurom-initramfs" "$1/over/usr/bin/gpurom"
	cp "$tree/etc/gpurom.conf" "$1/over/etc/"
	{
		cat "$plain/initrd"
		(cd "$1/over" && find . -type f | cpio -o -H newc -R 0:0 --quiet)
	} >"$1/initrd"
	rm -rf "$1/over"
}

# shellcheck disable=SC2046 # words
base=$(sh "$vm_dir/base.sh" $(base_of "$variant"))
key=$({ cat "$0" "$vm_dir"/busybox/* && echo "$base"; } | digest)
[ -d "$cache/$variant-$key" ] || as_root "$@"
cached "$variant-$key" make_busybox
if [ $# -eq 2 ]; then
	plain=$made
	tree=$(realpath -- "$2")
	cached "gpurom-$variant-$({ echo "$plain" && contents "$tree"; } | digest)" make_guest
fi
echo "$made"
