#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom plan: says what claim would do, and claim does what it said.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	rom b.rom 10de:2206
}
teardown() { cli_teardown; }

two_cards() {
	onboard
	card 1 10de:2204 rom=a.rom driver=nouveau
	card 2 10de:2206 rom=b.rom
}

taken() { g plan --json "$@" | jq -r '[.cards[] | select(.take) | .address] | join(" ")'; }
why() { g plan --json --cmdline "$2" | jq -r ".cards[] | select(.address == \"0000:$1.0\") | .why"; }

@test "the plan for people" {
	two_cards | machine
	run --separate-stderr g plan
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	diff - <(echo "$output") <<-END
		mode full, driver auto, at most 10 s, store /var/lib/gpurom
		0000:00:02: leave: not selected
		0000:01:00: take: selected (nvidia)
		  note: a driver is bound to it already
		  0000:01:00.0  10de:2204  hold
		  0000:01:00.1  10de:1aef  hold
		  0000:01:00.0  10de:2204  unbind from nouveau
		  0000:01:00.0  10de:2204  read the ROM
		  0000:01:00.0  10de:2204  set the driver to vfio-pci
		  0000:01:00.1  10de:1aef  set the driver to vfio-pci
		  0000:01:00.0  10de:2204  probe
		  0000:01:00.1  10de:1aef  probe
		0000:02:00: take: selected (nvidia)
		  0000:02:00.0  10de:2206  hold
		  0000:02:00.1  10de:1aef  hold
		  0000:02:00.0  10de:2206  read the ROM
		  0000:02:00.0  10de:2206  set the driver to vfio-pci
		  0000:02:00.1  10de:1aef  set the driver to vfio-pci
		  0000:02:00.0  10de:2206  probe
		  0000:02:00.1  10de:1aef  probe
	END
}

# The writes to sysfs that the planned steps of a card are, in order.
planned_writes() {
	local driver f what
	g plan --json | jq -r ".cards[] | select(.address == \"$1\") | .steps[] |
		.function + \" \" + (.driver // \"-\") + \" \" + .step" |
		while read -r f driver what; do
			case $what in
			hold) printf '%s\n' "$f/driver_override gpurom-hold\n" ;;
			unbind) echo "drivers/nouveau/unbind $f" ;;
			"read the ROM") printf '%s\n' "$f/enable 1" "$f/rom 1\n" "$f/rom 0\n" "$f/enable 0" ;;
			"set the driver") printf '%s\n' "$f/driver_override $driver\n" ;;
			release) printf '%s\n' "$f/driver_override \n" ;;
			probe) echo "drivers_probe $f" ;;
			*) fail "no such step: $what" ;;
			esac
		done
}

does_as_planned() {
	two_cards | machine
	cmdline "$1"
	for c in 0000:01:00.0 0000:02:00.0; do
		planned_writes "$c" >"$T/planned-$c"
	done
	forget_writes
	boot_steps
	for c in 0000:01:00.0 0000:02:00.0; do
		[ -s "$T/planned-$c" ] || fail "nothing is planned for $c"
		writes | grep -F "${c%.0}" | diff "$T/planned-$c" -
	done
}

@test "claim and capture write what was planned, in that order, and nothing else" {
	does_as_planned "quiet"
}

@test "the same in mode=claim" {
	does_as_planned "gpurom.mode=claim"
}

@test "the same in mode=dump" {
	does_as_planned "gpurom.mode=dump"
}

@test "the same for another driver" {
	does_as_planned "gpurom.driver=pci-stub"
}

@test "the same for the driver that is made for the device" {
	kernel_module nvgrace-gpu-vfio-pci 10DE 2204
	does_as_planned "quiet"
	grep -qF '0000:01:00.0/driver_override nvgrace_gpu_vfio_pci\n' "$T/planned-0000:01:00.0"
	grep -qF '0000:01:00.1/driver_override vfio-pci\n' "$T/planned-0000:01:00.0"
	does_as_planned "gpurom.driver=vfio_pci"
	lacks "$(writes)" nvgrace
}

@test "a driver that this kernel has not is noted for each function, whoever named it" {
	two_cards | machine
	note="0000:01:00.0 will have no driver: this kernel has neither a driver nor a module nosuch"
	has "$(g plan --cmdline gpurom.driver=nosuch)" "  note: $note"
	g plan --json --cmdline gpurom.driver=nosuch |
		jq -e --arg note "$note" '.cards[1].notes | map(select(. == $note)) | length == 1'
	for name in auto vfio-pci vfio_pci nouveau; do
		lacks "$(g plan --cmdline "gpurom.driver=$name")" "will have no driver"
	done
	kernel_module some-module
	lacks "$(g plan --cmdline gpurom.driver=some_module)" "will have no driver"
	has "$(g plan --cmdline gpurom.driver=some)" "will have no driver"
	{
		echo "without vfio-pci"
		two_cards
	} | machine
	has "$(g plan)" "neither a driver nor a module vfio-pci"
}

@test "nothing is written: not to sysfs, not to the kernel log, no file" {
	two_cards | machine
	g plan >/dev/null
	g plan --json --cmdline "gpurom.devices=*" >/dev/null
	[ -z "$(writes)" ]
	[ -z "$(kmsg)" ]
	no_files
}

@test "--json has the plan's facts" {
	two_cards | machine
	g plan --json >"$T/out"
	jq -e '.mode == "full" and .driver == "auto" and .timeout == 10' "$T/out"
	jq -e '.store == "/var/lib/gpurom" and .not_understood == []' "$T/out"
	jq -e '[.cards[].take] == [false, true, true]' "$T/out"
	jq -e '.cards[1].path == "pci0000-uid0-01.1-00" and .cards[1].selector == "nvidia"' "$T/out"
	jq -e '[.cards[1].steps[].step] == ["hold", "hold", "unbind", "read the ROM",
		"set the driver", "set the driver", "probe", "probe"]' "$T/out"
	jq -e '[.cards[1].steps[].driver] == [null, null, null, null, "vfio-pci", "vfio-pci", null, null]' "$T/out"
}

@test "selecting and keeping" {
	two_cards | machine
	while IFS='|' read -r words want; do
		same "$words: $(taken --cmdline "$words")" "$words: $want"
	done <<-END
		quiet|0000:01:00.0 0000:02:00.0
		gpurom.devices=nvidia|0000:01:00.0 0000:02:00.0
		gpurom.devices=02:00.0|0000:02:00.0
		gpurom.devices=0000:01:00|0000:01:00.0
		gpurom.devices=10de:2206|0000:02:00.0
		gpurom.devices=10de:1aef|0000:01:00.0 0000:02:00.0
		gpurom.devices=path:pci0000-uid0-01.1-00|0000:01:00.0
		gpurom.devices=01:00.0,02:00.0|0000:01:00.0 0000:02:00.0
		gpurom.devices=8086:3e92|0000:00:02.0
		gpurom.devices=none|
		gpurom.keep=01:00.0|0000:02:00.0
		gpurom.keep=10de:2204|0000:02:00.0
		gpurom.keep=path:pci0000-uid0-01.2-00|0000:01:00.0
		gpurom.keep=01:00,02:00|
		gpurom.keep=10de:*|
		gpurom.devices=02:00.0 gpurom.keep=02:00.0|
		gpurom.devices=*:* gpurom.keep=boot-vga|0000:01:00.0 0000:02:00.0
		rd.gpurom.keep=01:00.0|0000:02:00.0
		rd.gpurom=0|
		gpurom=0 gpurom.mode=full|
		gpurom.mode=off|
		gpurom.mode=plan|0000:01:00.0 0000:02:00.0
		gpurom.keep=01:00.0 -- gpurom.keep=02:00.0|0000:02:00.0
		gpurom.keep="01:00.0, 02:00.0"|
	END
}

@test "why a card is left" {
	two_cards | machine
	same "$(why 01:00 gpurom.keep=01:00.0)" "kept for the host"
	same "$(why 00:02 quiet)" "not selected"
	same "$(why 01:00 rd.gpurom=0)" "gpurom is switched off"
	same "$(why 00:1f gpurom.devices=00:1f)" ""
	has "$(why 01:00 gpurom.keep=01:00.9)" "a word of keep= is not understood"
}

@test "of two cards with the same ids one can stay with the host" {
	{
		card 1 10de:2204 rom=a.rom
		card 2 10de:2204 rom=a.rom
	} | machine
	same "$(taken --cmdline gpurom.keep=02:00.0)" 0000:01:00.0
	same "$(taken --cmdline gpurom.keep=path:pci0000-uid0-01.1-00)" 0000:02:00.0
}

@test "boot-vga: kept where it is asked for, noted where it is not" {
	{
		card 1 10de:2204 rom=a.rom boot_vga=1
		card 2 10de:2204 rom=a.rom
	} | machine
	same "$(taken --cmdline gpurom.keep=boot-vga)" 0000:02:00.0
	has "$(g plan)" "note: the host's console goes dark with it"
}

@test "what will not go well is noted before the boot" {
	{
		echo "fn 0000:01:00.0 10de:2204 030000 shadow=1"
		echo "fn 0000:02:00.0 10de:2331 030200 group=5"
		echo "fn 0000:02:00.1 10de:1aef 040300 group=5"
		echo "fn 0000:03:00.0 144d:a808 010802 group=5 driver=nvme"
	} | machine
	g plan --json >"$T/out"
	notes() { jq -r ".cards[$1].notes[]" "$T/out"; }
	has "$(notes 0)" "no IOMMU group"
	iommu_cure "$(notes 0)"
	has "$(notes 0)" "shadow in RAM"
	has "$(notes 1)" "no ROM BAR"
	has "$(notes 1)" "another device of its IOMMU group stays with the host"
	lacks "$(notes 1)" "no IOMMU group"
}

@test "a bad word is named with its place; the rest of the line holds" {
	two_cards | machine
	run g plan --cmdline "quiet gpurom.tmeout=5 gpurom.timeout=7"
	[ "$status" -eq 0 ]
	has "${lines[0]}" "not understood: kernel command line, word 2: 'tmeout=5'"
	has "$output" "at most 7 s"
}

@test "the key that is near is named, in either form; one that is not is not" {
	two_cards | machine
	mkdir -p "$R/etc/gpurom.conf.d"
	echo "kep=01:00" >"$R/etc/gpurom.conf.d/a.conf"
	run g plan --cmdline "gpurom.tmeout=5 rd.gpurom.store=x gpurom.Device=a gpurom.frobnicate=1 gpurom.tr=1 gpurom.mode"
	same "$(grep -c "^not understood" <<<"$output")" 7
	has "$output" "metrics; did you mean timeout=?"
	has "$output" "a.conf:1: 'kep=01:00': no such key: mode, devices, keep, driver, sources, timeout, store, trim, guard, metrics; did you mean keep=?"
	has "$output" "metrics; did you mean devices=?"
	has "$output" "metrics; did you mean trim=?"
	same "$(grep -c "did you mean" <<<"$output")" 4
	same "$(g plan --cmdline gpurom.tmeout=5 --json | jq -r '.not_understood[]' | grep -c "did you mean timeout=?")" 1
	run "$GPUROM_INITRAMFS" --root "$R" plan --cmdline "gpurom.tmeout=5"
	has "$output" "'tmeout=5': no such key"
	lacks "$output" "did you mean"
}

@test "--cmdline may stand before the command too; without it /proc/cmdline counts" {
	two_cards | machine
	cmdline "gpurom.keep=01:00.0"
	same "$(taken)" 0000:02:00.0
	same "$(taken --cmdline quiet)" "0000:01:00.0 0000:02:00.0"
	same "$(g --cmdline "gpurom.keep=02:00.0" plan --json | jq -r '.cards[] | select(.take).address')" 0000:01:00.0
}

@test "off and plan are said" {
	two_cards | machine
	has "$(g plan --cmdline rd.gpurom=0)" "off: no card is touched"
	has "$(g plan --cmdline gpurom.mode=plan)" "a boot logs this and carries out none of it"
}
