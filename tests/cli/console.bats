#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The host's console on a card that is taken: told before it goes, and taken off where the new driver leaves it.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	ln -s ../sys/iomem "$R/proc/iomem"
}
teardown() { cli_teardown; }

# with_console KEYS...: a card that the kernel draws on.
with_console() {
	onboard
	card 1 10de:2204 rom=a.rom "$@"
}

warned="0000:01:00: the host's console is drawn on it and goes dark (keep= with its address keeps it)"
taken_off() { told "0000:01:00: the console ($1) was taken off it"; }

@test "the log says that the console goes before anything is written, and so does the plan" {
	with_console fb=efifb:efi-framebuffer | machine
	has "$(g plan)" "the host's console is drawn on it"
	step claim
	told "<6>gpurom: $warned"
	grep -e 'console is drawn' -e ': held, ' "$R/dev/kmsg" | diff - <(
		echo "<6>gpurom: $warned"
		echo "<6>gpurom: 0000:01:00: held, 2 functions, 10de:2204"
	)
	lacks "$(writes)" framebuffer
}

@test "no word of a console where the kernel draws elsewhere, or where the addresses are hidden" {
	onboard | sed 's/$/ fb=efifb:efi-framebuffer/' | cat - <(card 1 10de:2204 rom=a.rom) | machine
	boot_steps
	untold console
	with_console fb=efifb:efi-framebuffer | machine
	rm "$R/proc/iomem"
	sed 's/[0-9a-f]*-[0-9a-f]* :/00000000-00000000 :/' "$R/sys/iomem" >"$R/proc/iomem"
	boot_steps
	untold console
	bound vfio-pci 01:00.0
}

@test "vfio-pci takes the console off: nothing else is done" {
	with_console fb=efifb:efi-framebuffer | machine
	boot_steps
	bound vfio-pci 01:00.0 01:00.1
	lacks "$(writes)" framebuffer
	same "$(report '.cards[0].console')" ""
	same "$(report '.cards[0].warnings | join(" ")')" framebuffer
}

@test "a kernel whose vfio-pci leaves it: taken off after the hand-over, and kept off" {
	with_console fb=efifb:efi-framebuffer fb_stays=1 | machine
	boot_steps
	bound vfio-pci 01:00.0 01:00.1
	diff - <(writes | tail -n 2) <<-'END'
		efi-framebuffer.0/driver_override gpurom-hold\n
		drivers/efi-framebuffer/unbind efi-framebuffer.0
	END
	taken_off efifb
	has "$(g report)" "  console: the console (efifb) was taken off it"
}

@test "simpledrm's as well, whatever the driver that gets the card" {
	cmdline gpurom.driver=pci-stub
	{
		echo "fn 0000:00:09.0 8086:1234 020000 native=pci-stub"
		with_console fb=simpledrm:simple-framebuffer fb_stays=1
	} | machine
	boot_steps
	bound pci-stub 01:00.0 01:00.1
	taken_off simpledrm
}

@test "a range that stays is reported with its cure; the card is handed over all the same" {
	with_console fb=BOOTFB:simple-framebuffer fb_stays=1 fb_busy=1 | machine
	boot_steps
	bound vfio-pci 01:00.0 01:00.1
	told "<4>gpurom: 0000:01:00: the console (BOOTFB) keeps some of its memory"
	told "initcall_blacklist=sysfb_init"
	same "$(state 01:00)" bound
}

@test "the console stays where no VM can have the card: no IOMMU, or a card given back" {
	with_console fb=efifb:efi-framebuffer fb_stays=1 | sed 's/group=1 / /' | machine
	boot_steps
	same "$(state 01:00)" driverless
	lacks "$(writes)" framebuffer
	cmdline gpurom.mode=dump
	rm -r "$R/run/gpurom"
	with_console fb=efifb:efi-framebuffer fb_stays=1 | machine
	boot_steps
	same "$(state 01:00)" released
	lacks "$(writes)" framebuffer
}
