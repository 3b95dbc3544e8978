#!/bin/sh
# Prints the folder that every guest's root is made from: root/, Debian 12 with systemd and its
# stock kernel but no initramfs generator yet (the packages of both lie ready in it); vmlinux, that
# kernel unpacked.
set -eu
. "$(dirname -- "$0")/lib.sh"

packages=systemd-sysv,udev,kmod,pciutils,zstd,mount,procps
generators='initramfs-tools,busybox dracut,cpio'

# All that a boot from a virtio disk, gpurom and the cards' rivals load; each boot is emulated, and
# would spend as long again on drivers for the rest of the emulated board.
modules='virtio_pci virtio_blk ext4 crc32c_intel crc32c_generic autofs4 configfs loop overlay
vfio_pci vfio_iommu_type1 vfio_virqfd pci_stub nouveau snd_hda_intel xhci_pci'

# The folder of a kernel's modules without those that "modules" does not name or need.
thin_out() {
	# shellcheck disable=SC2086 # a list
	in_root "$1" modprobe -S "$2" -D -a $modules | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u >"$1/wanted"
	find "$1/lib/modules/$2" -name '*.ko' | while read -r file; do
		grep -qxF "${file#"$1"}" "$1/wanted" || rm "$file"
	done
	rm "$1/wanted"
	in_root "$1" depmod "$2"
}

# The kernel is unpacked, not installed: its maintainer script would make an initrd nobody uses.
unpack_kernel() {
	set -- "$1" "$1"/root/var/cache/apt/archives/linux-image-[0-9]*.deb
	[ $# -eq 2 ] || die "want one kernel package, have: $*"
	dpkg-deb -x "$2" "$1/kernel"
	rm "$2"
	release=$(basename "$1"/kernel/lib/modules/*)
	mkdir -p "$1/root/lib/modules"
	mv "$1/kernel/lib/modules/$release" "$1/root/lib/modules/"
	mv "$1/kernel/boot"/* "$1/root/boot/"
	in_root "$1/root" depmod "$release"
	thin_out "$1/root" "$release"
	sh "$vm_dir/vmlinux.sh" "$1/root/boot/vmlinuz-$release" >"$1/vmlinux"
	rm -rf "$1/kernel"
}

make_base() {
	out=$1
	# shellcheck disable=SC2016 # mmdebstrap's variable
	fetch='APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -y --no-install-recommends --download-only install'
	set --
	for g in $generators; do
		set -- "$@" --customize-hook="$fetch linux-image-amd64 $(echo "$g" | tr , ' ')"
	done
	TMPDIR=$out mmdebstrap --variant=apt --include="$packages" --skip=cleanup/apt \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
		"$@" bookworm "$out/root" "$(mirror)"
	unpack_kernel "$out"
}

key=$(cat "$0" "$vm_dir/vmlinux.sh" | digest)
[ -d "$cache/base-$key" ] || as_root "$@"
cached "base-$key" make_base
echo "$made"
