#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# boot.sh OUT KERNEL INITRD CARDS ROMS WORDS...: boots OUT/disk.img once with synthetic cards, WORDS on
# the kernel's command line, until the guest powers itself off. OUT gets console.log, report.log
# (what the guest said on its second serial port) and qemu.log. There the guest also asks for a card that is not
# plugged in yet, "== plug NAME", and to have one taken out, "== unplug NAME". Environment: VM_CPU, the one CPU that
# QEMU and the cards share, which makes a register access ten times as quick; VM_DEADLINE, seconds;
# VM_MACHINE, what is not as usual, of these words: no-iommu; two-cpus, for a driver that may never give
# its CPU to others; no-vga, which makes a card the boot VGA; uefi, not SeaBIOS, and KERNEL a bzImage; uki, the same
# firmware, which boots by itself what uki.sh made: INITRD is that folder, WORDS count for nothing;
# apparmor, with it and its audit; arm64, which is always emulated; long, for a guest that has three times as much to do.
set -eu
. "$(dirname -- "$0")/lib.sh"

out=$1 kernel=$2 initrd=$3 cards=$4 roms=$5
shift 5
sockets=$(mktemp -d /tmp/gpurom-vm.XXXXXX)
server=
answers=
# shellcheck disable=SC2317 # called by trap
cleanup() {
	for pid in $server $answers; do
		kill "$pid" 2>/dev/null || true
	done
	rm -rf "$sockets" "$out/vars.fd"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

pcicard=$build/tests/pcicard

cpu=${VM_CPU:-$(cpus | head -n 1)}

unusual() {
	case " ${VM_MACHINE:-} " in *" $1 "*) ;; *) return 1 ;; esac
}

if unusual arm64; then
	accel=tcg
	qemu=$(sh "$vm_dir/qemu.sh" arm64)
else
	accel=$(sh "$vm_dir/kvm.sh" "$kernel")
	qemu=$(sh "$vm_dir/qemu.sh")
fi
deadline=${VM_DEADLINE:-240}
! unusual long || deadline=$((deadline * 3))

start_cards() {
	"$pcicard" arguments "$cards" "$roms" "$sockets" >"$out/arguments"
	"$pcicard" hotplug "$cards" "$roms" "$sockets" >"$out/hotplug"
	# Not by a function, whose shell would be what is ended: a card that is never plugged in does not end by itself.
	taskset -c "$cpu" "$pcicard" serve "$cards" "$roms" "$sockets" >"$out/pcicard.log" 2>&1 &
	server=$!
	while ! grep -q ready "$out/pcicard.log"; do
		kill -0 "$server" 2>/dev/null || die "$(cat "$out/pcicard.log")"
		sleep 0.05
	done
}

# QEMU's machine protocol, through two pipes; what it answers is in monitor.log. Both ends are kept open here, so
# that nobody waits for the other.
start_monitor() {
	mkfifo "$sockets/monitor.in" "$sockets/monitor.out"
	exec 7<>"$sockets/monitor.in" 8<>"$sockets/monitor.out"
	cat <&8 >"$out/monitor.log" &
	answers=$!
	echo '{"execute":"qmp_capabilities"}' >&7
	: >"$out/report.raw"
	tail -n +1 -f --pid=$$ "$out/report.raw" | while read -r mark what name _; do
		name=$(printf '%s' "$name" | tr -d '\r')
		case "$mark $what" in
		'== plug') sed -n "s/^$name //p" "$out/hotplug" ;;
		'== unplug') echo "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"$name.0\"}}" ;;
		esac
	done >&7 &
}

words="$(kernel_words "${VM_MACHINE:-}")$*"
start_cards
cpus=1
! unusual two-cpus || cpus=2
set -- -nodefaults -no-reboot -display none -m 1G -smp "$cpus" -accel "$accel"
set -- "$@" -object memory-backend-ram,id=ram,size=1G # not shared, as the cards want none of it: huge pages
if unusual arm64; then
	set -- "$@" -M virt,gic-version=3,memory-backend=ram -cpu cortex-a72
	# The machine's own IOMMU, SMMUv3, refuses cards by vfio-user: it cannot tell them what is mapped.
	unusual no-iommu || set -- "$@" -device virtio-iommu-pci
	vga=VGA,romfile=
else
	set -- "$@" -M q35,kernel-irqchip=split,memory-backend=ram -cpu max
	unusual no-iommu || set -- "$@" -device intel-iommu,caching-mode=on,intremap=on
	vga=VGA
fi
# The boot VGA, lest a card be taken for it.
unusual no-vga || set -- "$@" -device "$vga,bus=pcie.0,addr=0x1d"
if unusual uefi || unusual uki; then
	firmware=${qemu%/*}/usr/share/OVMF
	cp "$firmware/OVMF_VARS_4M.fd" "$out/vars.fd"
	set -- "$@" -drive "if=pflash,unit=0,format=raw,readonly=on,file=$firmware/OVMF_CODE_4M.fd"
	set -- "$@" -drive "if=pflash,unit=1,format=raw,file=$out/vars.fd"
fi
set -- "$@" -drive "file=$out/disk.img,format=raw,if=virtio,cache=unsafe"
set -- "$@" -serial "file:$out/console.log"
if unusual arm64; then # where the guest's second port is that of a PCI device
	set -- "$@" -chardev null,id=none -chardev "file,id=report,path=$out/report.raw"
	set -- "$@" -device pci-serial-2x,chardev1=none,chardev2=report
else
	set -- "$@" -serial "file:$out/report.raw"
fi
if [ -s "$out/hotplug" ]; then
	start_monitor
	set -- "$@" -chardev "pipe,id=monitor,path=$sockets/monitor" -mon chardev=monitor,mode=control
fi
while IFS= read -r argument; do
	set -- "$@" "$argument"
done <"$out/arguments"
if unusual uki; then
	set -- "$@" -drive "if=none,id=esp,format=raw,readonly=on,file=fat:$initrd"
	set -- "$@" -device virtio-blk-pci,drive=esp,bootindex=1,addr=0x1c
else
	echo "$words" >"$out/cmdline"
	set -- "$@" -kernel "$kernel" -initrd "$initrd" -append "$words"
fi

status=0
taskset -c "$cpu" timeout -s KILL "$deadline" "$qemu" "$@" >"$out/qemu.log" 2>&1 || status=$?
tr -d '\r' <"$out/report.raw" >"$out/report.log"
[ "$status" != 137 ] || die "no power-off within $deadline s"
exit "$status"
