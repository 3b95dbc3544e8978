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

initramfs_tools() {
	hook=$root/etc/initramfs-tools/hooks/rivals
	rm -f "$hook" # it may be shared with another root
	cat >"$hook" <<-END
		#!/bin/sh
		[ "\$1" = prereqs ] && exit
		. /usr/share/initramfs-tools/hook-functions
		manual_add_modules $rivals
	END
	chmod +x "$hook"
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
