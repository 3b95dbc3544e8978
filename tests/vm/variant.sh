#!/bin/sh
# variant.sh NAME: prints the folder of a root with an initramfs generator: root/, its image
# base.img and the initrd it makes without gpurom. NAME: initramfs-tools (with busybox), klibc (the
# same without busybox), dracut (systemd in the initramfs) or dracut-shell (none there), of Debian 12;
# of another suite with that before it: trixie-dracut; or busybox, the minimal guest of busybox.sh.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
[ "$variant" != busybox ] || exec sh "$vm_dir/busybox.sh"
case $(generator_of "$variant") in
initramfs-tools) packages='initramfs-tools busybox' ;;
klibc) packages=initramfs-tools ;;
dracut | dracut-shell) packages='dracut cpio' ;;
*) die "no such variant: $variant" ;;
esac
image_size=600M

# Services that no test looks at, each of which costs an emulated CPU a good part of a second.
mask() {
	etc=$1/etc/systemd/system
	shift
	for unit; do
		ln -s /dev/null "$etc/$unit"
	done
}

make_variant() {
	cp -a "$base/root" "$1/root"
	# shellcheck disable=SC2086 # a list
	in_root "$1/root" apt-get install -y --no-download --no-install-recommends $packages
	rm -rf "$1/root/var/lib/apt/lists" "$1/root/var/cache/apt"/*
	echo /dev/vda / ext4 defaults 0 0 >"$1/root/etc/fstab"
	echo guest >"$1/root/etc/hostname"
	echo 00000000000000000000000000000001 >"$1/root/etc/machine-id" # else the first boot asks
	mask "$1/root" serial-getty@ttyS0.service getty.target systemd-timesyncd.service \
		apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer \
		dpkg-db-backup.timer systemd-update-utmp.service systemd-logind.service
	ln -s /lib/systemd/system/multi-user.target "$1/root/etc/systemd/system/default.target"
	sh "$vm_dir/initrd.sh" "$variant" "$1/root"
	mv "$1/root/boot/initrd" "$1/initrd"
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$1/root" "$1/base.img" "$image_size"
}

base=$(sh "$vm_dir/base.sh" "$(suite_of "$variant")")
key=$(cat "$0" "$vm_dir/initrd.sh" | { cat; echo "$base"; } | digest)
[ -d "$cache/$variant-$key" ] || as_root "$@"
cached "$variant-$key" make_variant
echo "$made"
