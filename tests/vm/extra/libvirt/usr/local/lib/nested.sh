# SPDX-License-Identifier: GPL-2.0-or-later
# What the steps of the guests with a nested QEMU have in common: sourced by vm-report-after. Each step is a section of
# the report with what was said, "exit STATUS", and when it was done.
# shellcheck shell=sh disable=SC2154 # theirs: pid

step() {
	echo "== $1"
	shift
	"$@" 2>&1
	echo "exit $?"
	echo "at $(cut -d' ' -f1 /proc/uptime)"
}

# domain NAME: the smallest machine that has firmware; standard input goes into its <devices>.
domain() {
	cat <<-END
		<domain type='qemu'>
		  <name>$1</name>
		  <memory unit='MiB'>128</memory>
		  <vcpu>1</vcpu>
		  <os><type arch='x86_64' machine='q35'>hvm</type></os>
		  <devices>
		    <emulator>/usr/bin/qemu-system-x86_64</emulator>
		    <controller type='usb' model='none'/>
		    <memballoon model='none'/>
		$(cat)
		  </devices>
		</domain>
	END
}

# romfile SLOT: of the card in that slot of the root bus.
romfile() {
	echo "/var/lib/gpurom/by-path/pci0000-uid0-$1.0-00.rom"
}

# What a machine's monitor answers: libvirt's domain "main" here. Who runs QEMU otherwise defines it anew, by "ask".
monitor() {
	virsh qemu-monitor-command main --hmp "$1"
}

# Waits until a monitor whose answers are added to /run/monitor.out wants the next command.
answered() {
	tries=0
	until [ "$(tail -c 7 /run/monitor.out)" = '(qemu) ' ] || [ $tries = 300 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

# The same monitor; it reads what is written to file descriptor 3.
ask() {
	: >/run/monitor.out
	echo "$1" >&3
	answered
	cat /run/monitor.out
}

# memory ADDRESS SIZE: the SHA-256 of what the machine's CPU finds there, out of the memory of QEMU, process $pid.
memory() {
	at=$(monitor "gpa2hva $1" | sed -n 's/.* is \(0x[0-9a-f]*\).*/\1/p')
	[ -n "$at" ] || return
	dd if="/proc/$pid/mem" bs=4k skip="$((at))" count="$2" iflag=skip_bytes,count_bytes status=none |
		sha256sum | cut -d' ' -f1
}

# The words "BUS DEVICE FUNCTION" of the card as the machine sees it.
card() {
	monitor 'info pci' | tr -d ',:\r' | awk '$1 == "Bus" { at = $2 " " $4 " " $6 } /PCI device 10de2204/ { print at }'
}

# The ROM BAR, where the firmware put it, made visible through the configuration ports.
show_rom_bar() {
	# shellcheck disable=SC2046 # three words
	set -- $(card)
	monitor "o /w 0xcf8 $((0x80000030 | $1 << 16 | $2 << 11 | $3 << 8))" >/dev/null
	bar=$(monitor 'i /w 0xcfc' | sed -n 's/.* = \(0x[0-9a-f]*\).*/\1/p')
	monitor "o /w 0xcfc $((bar | 1))" >/dev/null
}

# firmware ROMFILE: waits until the firmware has copied the ROM, and tells what is at C0000 and in the ROM BAR.
firmware() {
	image=$(($(od -An -tu1 -j2 -N1 "$1") * 512))
	tries=0
	while [ "$(memory 0xc0000 $image)" != "$(head -c $image "$1" | sha256sum | cut -d' ' -f1)" ] && [ $tries -lt 60 ]; do
		tries=$((tries + 1))
		sleep 1
	done
	echo "shadow $(memory 0xc0000 $image)"
	show_rom_bar
	echo "bar $(memory "$bar" "$(stat -L -c %s "$1")")"
}
