#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# variant.sh NAME: prints the folder of a root with an initramfs generator: root/, its image
# base.img and the initrd it makes without gpurom. NAME: initramfs-tools (with busybox), klibc (the
# same without busybox), dracut (systemd in the initramfs) or dracut-shell (none there), of Debian 12;
# libvirt: initramfs-tools' image, and a root with libvirt, QEMU and AppArmor; or busybox, the minimal guest of busybox.sh.
# Of another suite or of arm64 with that before it: trixie-dracut, arm64-busybox, trixie-arm64-initramfs-tools.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
case $variant in *busybox) exec sh "$vm_dir/busybox.sh" "$variant" ;; esac
generator=$(generator_of "$variant")
case $generator in
initramfs-tools) packages='initramfs-tools busybox' ;;
klibc) packages=initramfs-tools ;;
dracut | dracut-shell) packages='dracut cpio' ;;
libvirt) packages='libvirt-daemon-system qemu-system-x86 apparmor libxml2-utils' ;;
*) die "no such variant: $variant" ;;
esac
image_size=600M

# Units that no test looks at, each of which costs an emulated CPU a good part of a second.
mask() {
	etc=$1/etc/systemd/system
	shift
	for unit; do
		ln -s /dev/null "$etc/$unit"
	done
}

# What systemd does at the first boot of a root; nearly each boot of the tests is the first of its disk.
on_first_boot='ldconfig.service systemd-hwdb-update.service systemd-journal-catalog-update.service
systemd-sysusers.service systemd-update-done.service'

# Only QEMU's own emulator is asked for what it can do, only libvirt's profiles are compiled: at each boot. Its
# unit is put where the guests' own does not hide it.
trim_libvirt() {
	rm "$1/usr/bin/qemu-system-i386"
	find "$1/etc/apparmor.d" -maxdepth 1 -type f ! -name '*libvirt*' -delete
	cp "$1/lib/systemd/system/libvirtd.service" "$1/etc/systemd/system/"
	echo 127.0.1.1 guest >>"$1/etc/hosts"
	mask "$1" libvirt-guests.service logrotate.timer
}

make_variant() {
	cp -a "$base/root" "$1/root"
	# shellcheck disable=SC2086 # a list
	if [ "$generator" = libvirt ]; then
		download "$1/root" update
		download "$1/root" install -y --download-only --no-install-recommends $packages
	fi
	# shellcheck disable=SC2086 # a list
	in_root "$1/root" apt-get install -y --no-download --no-install-recommends $packages
	rm -rf "$1/root/var/lib/apt/lists" "$1/root/var/cache/apt"/*
	echo /dev/vda / ext4 defaults 0 0 >"$1/root/etc/fstab"
	echo guest >"$1/root/etc/hostname"
	echo 00000000000000000000000000000001 >"$1/root/etc/machine-id" # else the first boot asks
	# shellcheck disable=SC2086 # a list
	mask "$1/root" serial-getty@ttyS0.service getty.target systemd-timesyncd.service \
		apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer \
		dpkg-db-backup.timer systemd-update-utmp.service systemd-logind.service \
		systemd-random-seed.service systemd-journal-flush.service systemd-user-sessions.service \
		systemd-sysctl.service systemd-pstore.service systemd-udev-load-credentials.service \
		systemd-tmpfiles-clean.timer modprobe@configfs.service \
		modprobe@efi_pstore.service modprobe@fuse.service dev-hugepages.mount dev-mqueue.mount \
		sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
		$on_first_boot
	ln -s /lib/systemd/system/multi-user.target "$1/root/etc/systemd/system/default.target"
	if [ "$generator" = libvirt ]; then
		trim_libvirt "$1/root"
		cp "$(sh "$0" "$(image_of "$variant")")/initrd" "$1"
	else
		sh "$vm_dir/initrd.sh" "$variant" "$1/root"
		mv "$1/root/boot/initrd" "$1/initrd"
	fi
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$1/root" "$1/base.img" "$image_size"
}

# shellcheck disable=SC2046 # words
base=$(sh "$vm_dir/base.sh" $(base_of "$variant"))
key=$(cat "$0" "$vm_dir/initrd.sh" | { cat; echo "$base"; } | digest)
[ -d "$cache/$variant-$key" ] || as_root "$@"
cached "$variant-$key" make_variant
echo "$made"
