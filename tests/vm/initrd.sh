#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initrd.sh VARIANT ROOT [OPTION...]: writes ROOT/boot/initrd with the generator installed in ROOT, dracut with these
# options. The rival drivers go in too, as on hosts with Plymouth, so that the initramfs's own coldplug binds them.
set -eu
. "$(dirname -- "$0")/lib.sh"

variant=$1
root=$2
shift 2
rivals='nouveau snd_hda_intel xhci_pci pci_stub'
release=$(basename "$root"/lib/modules/*)

# put_script NAME: standard input becomes that script of initramfs-tools.
put_script() {
	script=$root/etc/initramfs-tools/$1
	rm -f "$script" # it may be shared with another root
	# shellcheck disable=SC2016 # the script's
	{
		printf '#!/bin/sh\n[ "$1" = prereqs ] && exit\n'
		cat
	} >"$script"
	chmod +x "$script"
}

# The driver of the made-up board's IOMMU, which is built into kernels of real ones, comes before all else.
load_iommu_first() {
	more=virtio_iommu
	echo 'modprobe virtio_iommu' | put_script scripts/init-top/00-board
}

initramfs_tools() {
	more=
	! is_arm64 "$variant" || load_iommu_first
	put_script hooks/rivals <<-END
		. /usr/share/initramfs-tools/hook-functions
		manual_add_modules $rivals $more
	END
	in_root "$root" mkinitramfs -c zstd -o /boot/initrd "$release"
}

dracut() {
	in_root "$root" dracut --force --no-hostonly --no-compress --add-drivers "$rivals" "$@" \
		/boot/initrd "$release"
}

case $(generator_of "$variant") in
initramfs-tools | klibc) initramfs_tools ;;
dracut) dracut "$@" ;;
dracut-shell) dracut --omit 'systemd systemd-initrd dracut-systemd' "$@" ;;
*) die "no such variant: $variant" ;;
esac
chmod 644 "$root/boot/initrd"
