#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom late: cards that come after the boot's claim, and that go. A machine that is mounted again has none of the
# overrides of the one before, as a card that comes back has not.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	rom b.rom 10de:2206
}
teardown() { cli_teardown; }

two_cards() {
	onboard
	card 1 10de:2204 rom=a.rom
	card 2 10de:2206 rom=b.rom
}

# Card 1 where the drivers were quicker than the rule.
running_card() {
	card 1 10de:2204 rom=a.rom driver=nouveau | sed '/00\.1 10de/s/$/ driver=snd_hda_intel/'
}

# hold FUNCTION: what the rule calls for it.
hold() { g late --hold "0000:$1"; }

@test "the rule's program holds each function of the card, and nothing else" {
	two_cards | machine
	run hold 01:00.0
	[ "$status" -eq 0 ]
	[ "$output" = taken ]
	held 01:00.0 01:00.1
	untouched 02:00 00:02.0 00:01.1
	[ ! -e "$R/run/gpurom/report.json" ]
}

@test "the event of a sibling holds it as well, and writes no hold a second time" {
	two_cards | machine
	run hold 01:00.1
	[ "$output" = taken ]
	held 01:00.0 01:00.1
	forget_writes
	run hold 01:00.0
	[ "$output" = taken ]
	[ -z "$(writes)" ]
}

@test "a card that is kept, or not selected: untouched; the log says it once for the card" {
	two_cards | machine
	cmdline gpurom.keep=01:00.0
	for f in 01:00.0 01:00.1 00:02.0; do
		run hold $f
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
	[ -z "$(writes)" ]
	same "$(kmsg | grep -c '0000:01:00: left alone: kept for the host: 01:00.0')" 1
	same "$(kmsg | wc -l)" 1
}

@test "what is no card, no card here, or no address" {
	two_cards | machine
	for f in 00:01.1 07:00.0; do
		run hold $f
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
	run --separate-stderr g late --hold nonsense
	[ "$status" -eq 2 ]
	run --separate-stderr g late
	[ "$status" -eq 2 ]
	[ -z "$(writes)" ]
}

@test "gpurom=0, rd.gpurom=0 and mode=off: nothing is touched, in /run neither" {
	two_cards | machine
	for words in gpurom=0 rd.gpurom=0 gpurom.mode=off; do
		cmdline $words
		run hold 01:00.0
		[ -z "$output" ]
		g late 0000:01:00.0
	done
	[ -z "$(writes)$(kmsg)" ]
	[ ! -e "$R/run/gpurom" ]
}

@test "mode=plan says what it would do" {
	two_cards | machine
	cmdline gpurom.mode=plan
	run hold 01:00.0
	[ -z "$output" ]
	g late 0000:01:00.0
	[ -z "$(writes)" ]
	told "plan: 0000:01:00: take"
	no_files
}

@test "the unit does all steps: the card is bound, its ROM stored, the report has it" {
	two_cards | machine
	hold 01:00.0
	run g late 0000:01:00.0
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	bound vfio-pci 01:00.0 01:00.1
	untouched 02:00
	cmp "$(romfile 1)" "$T/a.rom"
	same "$(state 01:00)" bound
	same "$(report '.cards | length')" 1
	told "0000:01:00: bound, 2 functions, 10de:2204"
	# That of the other function comes next.
	forget_writes
	g late 0000:01:00.1
	[ -z "$(writes)" ]
}

@test "a driver that was quicker is unbound, and named" {
	running_card | machine
	hold 01:00.0
	g late 0000:01:00.0
	bound vfio-pci 01:00.0 01:00.1
	same "$(report '.cards[0].functions[].was' | xargs)" "nouveau snd_hda_intel"
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "a driver that is in use keeps its card" {
	running_card | machine
	mkdir -p "$R/proc/4321/fd"
	echo Xorg >"$R/proc/4321/comm"
	ln -s /dev/dri/card1 "$R/proc/4321/fd/7"
	before=$(override 01:00.0)
	hold 01:00.0
	g late 0000:01:00.0
	same "$(driver 01:00.0) $(driver 01:00.1)" "nouveau snd_hda_intel"
	same "$(override 01:00.0) $(override 01:00.1)" "$before $before"
	same "$(state 01:00)" left
	told "Xorg (pid 4321) has /dev/dri/card1 open"
}

@test "a boot's own cards stay as they are, and so does what the boot had read of the configuration" {
	cmdline gpurom.timeout=7
	{
		onboard
		card 1 10de:2204 rom=a.rom
	} | a_boot 1
	before=$(report '.cards[0] | del(.functions[].driver)')
	two_cards | machine
	cmdline gpurom.timeout=9
	g late 0000:02:00.0
	same "$(state 01:00) $(state 02:00)" "bound bound"
	same "$(report '.cards[0] | del(.functions[].driver) | .identity')" "$(jq -r .identity <<<"$before")"
	same "$(report .timeout)" 7
	cmp "$(romfile 2)" "$T/b.rom"
	untouched 01:00.0 01:00.1
}

@test "a card that went and came back is taken again" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	running_card | machine
	same "$(state 01:00)" bound
	run hold 01:00.1
	[ "$output" = taken ]
	g late 0000:01:00.1
	bound vfio-pci 01:00.0 01:00.1
	same "$(report '.cards | length') $(state 01:00)" "1 bound"
}

@test "a function that is added to a card: what a VM may have stays bound all the time" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	printf '0000:01:00.1' >"$(fn 01:00.1)/driver/unbind"
	printf '\n' >"$(fn 01:00.1)/driver_override"
	forget_writes
	hold 01:00.1
	g late 0000:01:00.1
	bound vfio-pci 01:00.0 01:00.1
	lacks "$(writes)" unbind
	lacks "$(writes)" 0000:01:00.0/enable
	same "$(state 01:00)" bound
	same "$(rom_of 01:00 sha256)" "$(sha "$T/a.rom")"
}

@test "mode=dump reads it once, and the host has it back" {
	cmdline gpurom.mode=dump
	card 1 10de:2204 rom=a.rom | machine
	hold 01:00.0
	g late 0000:01:00.0
	same "$(driver 01:00.0) $(driver 01:00.1)" "nouveau snd_hda_intel"
	same "$(state 01:00)" released
	cmp "$(romfile 1)" "$T/a.rom"
	forget_writes
	g late 0000:01:00.1
	[ -z "$(writes)" ]
}

@test "cards that come together: none is lost from the report" {
	cmdline gpurom.timeout=60
	for n in 1 2 3 4; do
		card $n 10de:2204 rom=a.rom
	done | machine
	for n in 1 2 3 4; do
		hold 0$n:00.0
		g late 0000:0$n:00.0 &
	done
	# shellcheck disable=SC2046 # a word each
	wait $(jobs -p)
	same "$(report '.cards[].state' | xargs)" "bound bound bound bound"
	for n in 1 2 3 4; do
		cmp "$(romfile $n)" "$T/a.rom"
	done
}

@test "a card that went is missing: late, or the next commit, says so" {
	for how in "late 0000:01:00.0" commit; do
		two_cards | a_boot 1
		{
			onboard
			card 2 10de:2206 rom=b.rom driver=vfio-pci
		} | machine
		# shellcheck disable=SC2086 # a word each
		g $how
		told "pci0000-uid0-01.1-00: missing: 10de:2204 was there until"
		same "$(report '.cards[].address' | xargs)" 0000:02:00.0
		same "$(report '.missing[].path')" pci0000-uid0-01.1-00
		has "$(g list)" "missing"
		cmp "$(romfile 1)" "$T/a.rom"
	done
}

@test "the last card that went is missing, too" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	onboard | machine
	g late 0000:01:00.0
	same "$(report '.cards | length') $(report '.missing[].path')" "0 pci0000-uid0-01.1-00"
}

@test "the bus itself cannot be seen: nothing is said to have gone" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	cli_teardown
	g commit
	same "$(report '.cards | length')" 1
}
