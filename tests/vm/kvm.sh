#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kvm.sh VMLINUX: prints "kvm" where a stock kernel boots with it, else "tcg". Hosts that are guests
# themselves may offer a KVM too slow or too broken for that; asked once for each boot of the host.
set -eu
. "$(dirname -- "$0")/lib.sh"

seconds=6
qemu=$(sh "$vm_dir/qemu.sh")

try() {
	[ -w /dev/kvm ] || return 1
	console=$(mktemp)
	# No root file system: a kernel that works says so, and stops.
	timeout -s KILL "$seconds" "$qemu" -nodefaults -no-reboot -display none -m 256M \
		-M q35,kernel-irqchip=split -accel kvm -cpu host -serial "file:$console" \
		-kernel "$1" -append 'console=ttyS0 panic=-1' >/dev/null 2>&1 || true
	grep -q 'Unable to mount root' "$console" && ok=0 || ok=1
	rm -f "$console"
	return "$ok"
}

answer=$cache/accel.$(digest </proc/sys/kernel/random/boot_id)
if [ ! -s "$answer" ]; then
	rm -f "$cache"/accel.*
	if try "$1"; then echo kvm; else echo tcg; fi >"$answer"
fi
cat "$answer"
