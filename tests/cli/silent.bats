#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Devices that do not answer: a read or a write of one of their attributes never returns. Nothing waits for them
# for longer than its own deadline; each is named, and everything else goes on.
# shellcheck disable=SC2154 # what run sets

load lib

DOMAIN=$(dirname "$GPUROM")/gpurom-domain

setup() {
	cli_setup
	rom a.rom 10de:2204
	rom b.rom 10de:2206
}
teardown() { cli_teardown; }

nvme() { echo "fn 0000:00:1f.0 8086:1111 010802 driver=nvme $*"; }
two_cards() {
	card 1 10de:2204 rom=a.rom "$@"
	card 2 10de:2206 rom=b.rom
}
# snippet_vm: a domain with card 1, as gpurom's own snippet has it.
snippet_vm() {
	echo "<domain type='kvm'><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid><devices>"
	g snippet 01:00 --libvirt
	echo "</devices></domain>"
}

@test "configuration space of what is no graphics card is not read" {
	{
		two_cards
		nvme config_hang=1
	} | machine
	within 4000 step claim
	held 01:00.0 01:00.1 02:00.0 02:00.1
	untold "does not answer"
}

@test "a selected card: held by what the kernel knows, named, handed over unread; the other one is read" {
	two_cards config_hang=1 | machine
	within 4000 step claim
	held 01:00.0 01:00.1 02:00.0 02:00.1
	told "0000:01:00.0 does not answer"
	told "0000:01:00: it does not answer: gpurom holds it by what the kernel knows of it, and hands it over unread"
	within 8000 step capture
	within 8000 step settle
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	same "$(rom_of 01:00 outcome) $(rom_of 02:00 verdict)" "not read: the card does not answer complete"
	step commit
	cmp "$(romfile 2)" "$T/b.rom"
	same "$(report '.silent | join(" ")')" 0000:01:00.0
	has "$(g report)" "0000:01:00.0 does not answer"
	has "$(g plan)" "0000:01:00.0 does not answer"
	same "$(g plan --json | jq -r '.silent | join(" ")')" 0000:01:00.0
	run --separate-stderr g list --json
	same "$stderr" "gpurom: list: 0000:01:00.0 does not answer"
	same "$(jq -r '[.[] | .answers] | join(" ")' <<<"$output")" "false true"
}

@test "a device of which nothing can be read: named, left alone, and the cards are held in time" {
	{
		two_cards
		nvme all_hang=1
	} | machine
	within 4000 step claim
	held 01:00.0 01:00.1 02:00.0 02:00.1
	told "0000:00:1f.0 does not answer"
	told "1 PCI functions cannot be read and are left alone: 0000:00:1f.0: does not answer"
	untouched 00:1f.0
}

@test "several: within 20 seconds in all, each is named" {
	{
		for i in 1 2 3 4 5 6 7 8; do
			echo "fn 0000:1$i:00.0 10de:2204 030000 config_hang=1"
		done
		two_cards
	} | machine
	within 20000 step claim
	for i in 1 2 3 4 5 6 7 8; do
		told "0000:1$i:00.0 does not answer"
	done
	held 01:00.0 02:00.0 11:00.0 18:00.0
}

@test "a kernel that shows a uevent only when no driver is at work: the ids are read one by one" {
	card 1 10de:2204 rom=a.rom busy=1 uevent_locks=1 | machine
	within 4000 g plan >"$T/plan"
	has "$(cat "$T/plan")" "0000:01:00: take: selected (nvidia)"
	lacks "$(cat "$T/plan")" "does not answer"
}

# Whoever reads a device's attributes in its own process is found here, whichever command it is.
@test "no command and no step of the boot waits for a device that does not answer" {
	two_cards | machine
	boot_steps
	step commit
	snippet_vm >"$T/vm.xml"
	p1=pci0000-uid0-01.1-00 p2=pci0000-uid0-01.2-00
	for fault in config_hang=1 all_hang=1; do
		{
			two_cards $fault
			nvme $fault
		} | machine
		# Who only reads does so beside the others.
		for command in list 'list --json' plan 'plan --json' report "snippet $p1" "resolve $p1" "history $p1" \
			verify 'gc --dry-run'; do
			# shellcheck disable=SC2086 # words
			{ within 22000 ends g $command || echo "$fault: $command"; } >>"$T/late" &
		done
		wait
		same "$(cat "$T/late")" ""
		for command in "dump 01:00.0 $T/out.rom" 'verify 01:00.0' "remap $p1 $p2" "pin $p1" \
			"import $T/a.rom --card=01:00.0" 'claim --force' capture settle boot commit "forget $p1"; do
			# shellcheck disable=SC2086 # words
			within 22000 ends g $command || fail "$fault: $command"
		done
		for command in check fix 'check --hook'; do
			# shellcheck disable=SC2086 # words
			within 8000 ends "$DOMAIN" --root "$R" $command <"$T/vm.xml" || fail "$fault: $command"
		done
	done
}
# ends COMMAND...: with whatever status.
ends() { "$@" >/dev/null 2>&1 || true; }

@test "the hook: whoever reads its output comes to the end of it, though a child stays behind" {
	two_cards | machine
	boot_steps
	step commit
	snippet_vm >"$T/vm.xml"
	{
		two_cards
		nvme all_hang=1
	} | machine
	within 5000 piped
	has "$(cat "$T/hook")" "gpurom-domain: vm: 0000:01:00.0: no driver is bound"
}
piped() { "$DOMAIN" --root "$R" check --hook <"$T/vm.xml" 2>&1 | cat >"$T/hook"; }

@test "a reader by hand: said, exit 1" {
	two_cards config_hang=1 | machine
	run --separate-stderr -1 g dump 01:00.0 "$T/out.rom"
	has "$stderr" "it does not answer"
	[ ! -e "$T/out.rom" ]
}

# --- what was ended half way -------------------------------------------------------------------

@test "claim that is ended amid its cards: those that are held are read and handed over" {
	{
		card 1 10de:2204 rom=a.rom
		card 2 10de:2206 rom=b.rom driver=nouveau unbind_hang=1
	} | machine
	cmdline quiet gpurom.timeout=3
	timeout -s TERM 2 "$GPUROM_INITRAMFS" --root "$R" --initramfs claim || true
	same "$(report '[.cards[].state] | join(" ")')" "selected selected"
	within 6000 step capture || true # its second worker sleeps for ever
	within 25000 step settle
	step commit
	bound vfio-pci 01:00.0 01:00.1
	cmp "$(romfile 1)" "$T/a.rom"
	same "$(state 01:00) $(state 02:00)" "bound stuck"
}

# ended_before FUNCTION...: claim as it is when it was ended before it held these.
ended_before() {
	step claim
	for f; do
		echo >"$(fn "$f")/driver_override"
	done
	jq '.cards[].state = "selected"' "$R/run/gpurom/report.json" >"$T/edited"
	cp "$T/edited" "$R/run/gpurom/report.json"
}

@test "claim that is ended amid a card: the whole card is held and handed over" {
	two_cards | machine
	ended_before 01:00.1
	step capture
	step settle
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	same "$(state 01:00) $(rom_of 01:00 verdict)" "bound complete"
}

@test "claim that is ended before a card: it stays with the host, whole" {
	two_cards | machine
	ended_before 01:00.0 01:00.1
	for s in capture settle commit; do
		step $s
		same "$(driver 01:00.0) $(driver 01:00.1)" "- -"
		same "$(state 01:00) $(state 02:00)" "left bound"
	done
	told "0000:01:00: left: claim was ended before it came to this card"
}

@test "claim that is ended, and only commit comes after it: the cards are handed over all the same" {
	two_cards | machine
	ended_before 01:00.1
	step commit
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	cmp "$(romfile 2)" "$T/b.rom"
}

@test "a probe that ends after settle's deadline: commit hands the rest of the card over" {
	cmdline quiet gpurom.timeout=3
	card 1 10de:2204 rom=a.rom probe_ms=7000 | machine
	step claim
	step capture &
	within 8000 step settle
	same "$(state 01:00)" stuck
	wait
	for ((i = 0; i < 800; i++)); do
		[ "$(driver 01:00.0)" != vfio-pci ] || break
		sleep 0.01
	done
	step commit
	bound vfio-pci 01:00.0 01:00.1
	same "$(state 01:00)" bound
	told "0000:01:00: its hand-over is finished late"
	cmp "$(romfile 1)" "$T/a.rom"
	forget_writes
	step commit
	[ -z "$(writes)" ]
}

@test "a machine too busy to answer at once: capture looks again, and the ROM is read" {
	card 1 10de:2204 rom=a.rom slow_overrides=4 | machine
	boot_steps
	bound vfio-pci 01:00.0 01:00.1
	same "$(rom_of 01:00 verdict)" complete
}

@test "a function that somebody gave to another driver is nobody's to finish" {
	card 1 10de:2204 rom=a.rom | machine
	boot_steps
	step commit
	echo >"$(fn 01:00.1)/driver_override"
	echo 0000:01:00.1 >"$R/sys/bus/pci/drivers/vfio-pci/unbind"
	echo 0000:01:00.1 >"$R/sys/bus/pci/drivers_probe"
	forget_writes
	step commit
	[ -z "$(writes)" ]
	same "$(driver 01:00.1)" snd_hda_intel
	# Nor is one that somebody keeps free for another driver.
	echo pci-stub >"$(fn 01:00.1)/driver_override"
	echo 0000:01:00.1 >"$R/sys/bus/pci/drivers/snd_hda_intel/unbind"
	same "$(driver 01:00.1)" -
	forget_writes
	step commit
	[ -z "$(writes)" ]
}

@test "claim by hand again: a card that lost one function is taken again, one that is whole is not" {
	two_cards | machine
	boot_steps
	echo >"$(fn 01:00.1)/driver_override"
	echo 0000:01:00.1 >"$R/sys/bus/pci/drivers/vfio-pci/unbind"
	echo 0000:01:00.1 >"$R/sys/bus/pci/drivers_probe"
	same "$(driver 01:00.1)" snd_hda_intel
	forget_writes
	g boot
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	untouched 02:00.0 02:00.1
	same "$(state 01:00)" bound
}
