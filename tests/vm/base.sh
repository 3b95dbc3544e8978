#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# base.sh [SUITE [arm64]]: prints the folder that every guest's root of a Debian suite is made from: root/, with
# systemd and the suite's stock kernel but no initramfs generator yet (the packages of both lie ready in
# it); vmlinux, that kernel unpacked. SUITE: bookworm (the default), trixie or sid. For arm64, see binfmt.sh.
set -eu
. "$(dirname -- "$0")/lib.sh"

suite=${1:-bookworm}
arch=${2:-amd64}
packages=systemd-sysv,udev,kmod,pciutils,zstd,mount,procps
generators='initramfs-tools,busybox dracut,cpio'

# All that a boot from a virtio disk, gpurom and the cards' rivals load; each boot is emulated, and
# would spend as long again on drivers for the rest of the emulated board. Names a kernel lacks do no harm.
modules='virtio_pci virtio_blk ext4 crc32c_intel crc32c_generic autofs4 configfs loop overlay
vfio_pci vfio_iommu_type1 vfio_virqfd virtio_iommu pci_stub nouveau snd_hda_intel xhci_pci'

# Folders of modules with nothing that those need: to unpack and index them takes longer than the rest.
unneeded='net drivers/net drivers/infiniband drivers/iio drivers/input drivers/hid drivers/scsi drivers/mtd
drivers/hwmon drivers/staging drivers/target drivers/md drivers/ata drivers/nvme drivers/media/usb
drivers/media/pci drivers/media/i2c drivers/media/tuners drivers/media/dvb-frontends sound/soc'

# The folder of a kernel's modules without those that "modules" does not name or need.
thin_out() {
	depmod -b "$1" "$2"
	# shellcheck disable=SC2086 # a list
	modprobe -d "$1" -S "$2" -D -a $modules |
		sed -n 's/^insmod [^ ]*\/modules\/\([^ ]*\).*/\1/p' | sort -u >"$1/wanted"
	find "$1/lib/modules/$2/" -name '*.ko*' | while read -r file; do
		grep -qxF "${file#"$1/lib/modules/"}" "$1/wanted" || rm "$file"
	done
	rm "$1/wanted"
	depmod -b "$1" "$2"
}

# The kernel is unpacked, not installed: its maintainer script would make an initrd nobody uses. In sid
# linux-image-* has none; linux-binary-* has it, beside the modules of linux-modules-*.
unpack_kernel() {
	# shellcheck disable=SC2086 # a list
	printf 'modules/*/kernel/%s\n' $unneeded >"$1/unneeded"
	for deb in $(find "$1/root/var/cache/apt/archives" | grep -E '/linux-(image|base|binary|modules)-[0-9]'); do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$1/root" --keep-directory-symlink --exclude './usr/share/*' \
				--exclude-from "$1/unneeded"
		rm "$deb"
	done
	rm "$1/unneeded"
	release=$(basename "$1"/root/lib/modules/*)
	kernel=$1/root/boot/vmlinuz-$release
	[ -e "$kernel" ] || mv "$1/root/lib/modules/$release/vmlinuz" "$kernel"
	thin_out "$1/root" "$release"
	if [ "$arch" = amd64 ]; then sh "$vm_dir/vmlinux.sh" "$kernel" >"$1/vmlinux"; else cp "$kernel" "$1/vmlinux"; fi
	[ -s "$1/vmlinux" ] # a pipe's first command fails unseen
}

# Signatures are checked as ever; only the date until which sid's are meant to be fetched anew is not.
make_base() {
	out=$1
	# shellcheck disable=SC2016 # mmdebstrap's variable
	fetch='APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -y --no-install-recommends --download-only install'
	set --
	for g in $generators; do
		set -- "$@" --customize-hook="$fetch linux-image-$arch $(echo "$g" | tr , ' ')"
	done
	[ "$suite" != sid ] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
	foreign=
	[ "$arch" = amd64 ] || foreign="sh $vm_dir/binfmt.sh"
	# In a namespace of its own: killed, it would leave /dev/shm and more of this machine below the root.
	# shellcheck disable=SC2086 # words
	TMPDIR=$out $foreign unshare --mount mmdebstrap --architectures="$arch" --skip=check/qemu \
		--variant=apt --include="$packages" --skip=cleanup/apt \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
		"$@" "$suite" "$out/root" "$(mirror)"
	unpack_kernel "$out"
}

key=$(cat "$0" "$vm_dir/vmlinux.sh" | digest)
name=base-$suite
[ "$arch" = amd64 ] || name=$name-$arch
[ -d "$cache/$name-$key" ] || as_root "$@"
cached "$name-$key" make_base
echo "$made"
