#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# boot.sh OUT WORDS...: boots the guest of guest.sh with the initramfs OUT/initrd and WORDS on the kernel's
# command line, until it powers itself off. What it says is in OUT/console.log. Environment: VM_CPU, the one
# CPU of QEMU; VM_DEADLINE, seconds; VM_DISK, a disk's file; VM_PID, a file that gets QEMU's process id.
set -eu
vm_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/../vm" && pwd)
# shellcheck source=../vm/lib.sh
. "$vm_dir/lib.sh"

out=$1
shift
guest=$(sh "$vm_dir/../crash/guest.sh")
accel=$(sh "$vm_dir/kvm.sh" "$guest/vmlinux")
qemu=$(sh "$vm_dir/qemu.sh")
words="console=ttyS0 quiet mitigations=off panic=-1 $*"
set -- -nodefaults -no-reboot -display none -m 1G -smp 1 -M q35 -accel "$accel" -cpu max \
	-serial "file:$out/console.log" -kernel "$guest/vmlinux" -initrd "$out/initrd" -append "$words"
# A guest's flush is the host's business only where the host may die: QEMU alone dies here.
[ -z "${VM_DISK:-}" ] || set -- "$@" -drive "file=$VM_DISK,format=raw,if=virtio,cache=unsafe"
: >"$out/console.log"

taskset -c "${VM_CPU:-$(cpus | head -n 1)}" "$qemu" "$@" >"$out/qemu.log" 2>&1 &
pid=$!
[ -z "${VM_PID:-}" ] || echo "$pid" >"$VM_PID"
(
	sleep "${VM_DEADLINE:-600}"
	kill -KILL "$pid"
) >/dev/null 2>&1 &
watch=$!
status=0
wait "$pid" || status=$?
kill "$watch" 2>/dev/null || true
exit "$status"
