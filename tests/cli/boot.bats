#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# capture, settle, commit, boot: what becomes of a held card, and how long the boot waits for it.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204 94.02.42.80.01
	rom b.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

two_cards() {
	onboard
	card 1 10de:2204 rom=a.rom
	card 2 10de:2206 rom=b.rom
}
one_card() { card 1 10de:2204 rom=a.rom "$@"; }

# The time of the first write of this kind.
when() { grep -F -m 1 -- "$1" "$LOG" | cut -d' ' -f1; }
worker_of() { jq .card.worker "$R/run/gpurom/cards/0000-0$1-00.json"; }
# until_true COMMAND...: waits for it, ten seconds at most.
until_true() {
	for ((i = 0; i < 1000; i++)); do
		! "$@" || return 0
		sleep 0.01
	done
	fail "never: $*"
}
wrote() { grep -qF -- "$1" "$LOG"; }
in_background() { step "$@" >/dev/null 2>&1 & }

@test "from claim to the store: bound, balanced, and each ROM as the card has it" {
	two_cards | machine
	boot_steps
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	balanced 01:00.0 02:00.0
	same "$(state 01:00) $(state 02:00)" "bound bound"
	step commit
	cmp "$(romfile 1)" "$T/a.rom"
	cmp "$(romfile 2)" "$T/b.rom"
	told "0000:01:00: ROM 94.02.42.80.01, 6144 bytes from sysfs, complete"
	told "0000:02:00: bound, 2 functions, 10de:2206"
	untouched 00:02.0 00:01.1 00:01.2
}

@test "boot does it in one go" {
	two_cards | machine
	run step boot
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	balanced 01:00.0 02:00.0
	same "$(report .settled)" true
}

@test "what lies staged has the digest of its name" {
	two_cards | machine
	boot_steps
	same "$(rom_of 01:00 sha256)" "$(sha "$T/a.rom")"
	cmp "$R/run/gpurom/staged/$(sha "$T/a.rom").rom" "$T/a.rom"
	same "$(find "$R/run/gpurom/staged" -type f | wc -l)" 2
}

@test "what is behind the chain is trimmed off, the whole is kept beside" {
	head -c 10000 /dev/zero | tr '\0' '\377' | cat "$T/a.rom" - >"$T/long.rom"
	card 1 10de:2204 rom=long.rom | machine
	boot_steps
	step commit
	cmp "$(romfile 1)" "$T/a.rom"
	cmp "$R/var/lib/gpurom/raw/$(sha "$T/long.rom").bin" "$T/long.rom"
}

@test "trim=head keeps what is behind the chain" {
	head -c 10000 /dev/zero | tr '\0' '\377' | cat "$T/a.rom" - >"$T/long.rom"
	card 1 10de:2204 rom=long.rom | machine
	cmdline gpurom.trim=head
	boot_steps
	step commit
	cmp "$(romfile 1)" "$T/long.rom"
}

@test "power/control: on while the ROM is read, then as it was" {
	one_card power=auto | machine
	boot_steps
	diff - <(writes | grep -F -e power -e /rom -e enable) <<-'END'
		0000:01:00.0/power/control on
		0000:01:00.0/enable 1
		0000:01:00.0/rom 1\n
		0000:01:00.0/rom 0\n
		0000:01:00.0/enable 0
		0000:01:00.0/power/control auto
	END
}

@test "a power/control that is on is left alone" {
	one_card | machine
	boot_steps
	lacks "$(writes)" power
}

@test "an enable count that somebody left is left" {
	one_card | machine
	echo 1 >"$(fn 01:00.0)/enable"
	boot_steps
	same "$(cat "$(fn 01:00.0)/enable")" 1
	same "$(rom_of 01:00 verdict)" complete
}

@test "four cards are read at the same time" {
	for n in 1 2 3 4; do
		card $n 10de:2204 rom=a.rom page_ms=300
	done | machine
	boot_steps
	for a in 1 2 3 4; do
		for b in 1 2 3 4; do
			[ "$(when "0000:0$a:00.0/rom 1")" -lt "$(when "0000:0$b:00.0/rom 0")" ] ||
				fail "card $a was not begun before card $b was done" "$(cat "$LOG")"
		done
		bound vfio-pci "0$a:00.0" "0$a:00.1"
		balanced "0$a:00.0"
	done
}

# opens CARDS: how many files a capture of that many cards opens, in all of its processes.
opens() {
	local n
	rm -rf "$R/run"/*
	rom large.rom 10de:2204 94.02.26.40.99 120
	for ((n = 1; n <= $1; n++)); do
		card $n 10de:2204 rom=large.rom
	done | machine
	step claim
	strace -f -qq -e trace=open,openat -o "$T/opens" "$GPUROM" --root "$R" --initramfs capture 3>&-
	same "$(report '[.cards[] | select(.rom.verdict == "complete")] | length')" "$1"
	grep -c 'open(\|openat(' "$T/opens"
}

@test "capture of n cards opens n times the files of one" {
	one=$(opens 1)
	two=$(opens 2)
	six=$(opens 6)
	echo "$one $two $six"
	[ $((six - two)) -le $((4 * (two - one) + 4)) ]
	[ "$one" -lt 45 ] # each of its 16 pages would be one more
}

@test "settle that waits for a worker reads the report once, not each time it looks" {
	{
		one_card
		card 2 10de:2204 rom=a.rom
	} | machine
	cmdline gpurom.timeout=1
	step claim
	strace -f -qq -e trace=open,openat -o "$T/opens" "$GPUROM" --root "$R" --initramfs settle 3>&-
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	[ "$(grep -c report.json "$T/opens")" -le 2 ]
	[ "$(grep -c 'cards/.*json' "$T/opens")" -lt 20 ]
}

@test "a ROM for another subsystem, whole by its sums: read once, from one source" {
	one_card | sed '/030000/s/1462:3896/1462:0102/' | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 outcome) $(rom_of 01:00 verdict)" "read usable"
	same "$(rom_of 01:00 'findings[0].code')" subsystem-differs
	same "$(rom_of 01:00 'attempts[].source' | tr '\n' ' ')" "sysfs "
	cmp "$(romfile 1)" "$T/a.rom"
	balanced 01:00.0
}

@test "bytes that differ between two readings: reported, nothing of it published" {
	one_card flaky=99 | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 outcome)" "read 3 times, no two the same; 1 bytes differ, at 0x400"
	same "$(rom_of 01:00 verdict)" rejected
	told "0000:01:00: ROM rejected (6144 bytes from sysfs): no two of 3 readings are the same"
	[ ! -e "$(romfile 1)" ]
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
}

@test "a sum that is bad in both readings alike: usable, kept, reported" {
	printf '\x01' | dd of="$T/a.rom" bs=1 seek=1024 conv=notrunc status=none
	one_card | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 outcome)" "read twice, the same"
	same "$(rom_of 01:00 verdict)" usable
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "a reading that comes twice counts, however the first one was" {
	one_card flaky=1 | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 outcome)" "read 3 times, two the same; 1 bytes differ, at 0x400"
	same "$(rom_of 01:00 verdict)" complete
	same "$(rom_of 01:00 'findings[0].code')" flaky
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "a ROM BAR with nothing behind it: reported, bound all the same" {
	one_card rom_eio=1 | machine
	boot_steps
	told "0000:01:00: no ROM: sysfs: no option ROM behind the ROM BAR"
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
	step commit
	told "0000:01:00: no ROM to store"
	[ ! -e "$(romfile 1)" ]
}

@test "where no ROM was read nothing is said to be in it" {
	card 1 10de:2331 | machine
	boot_steps
	same "$(rom_of 01:00 has_efi) $(rom_of 01:00 version)" "false "
	run g report --json
	lacks "$output" '"has_efi":	true'
}

@test "no ROM BAR: nothing is tried, bound all the same" {
	card 1 10de:2331 | machine
	boot_steps
	told "no ROM BAR"
	bound vfio-pci 01:00.0 01:00.1
	lacks "$(writes)" /enable
}

@test "a shadow is kept as it is, by its name, and not published" {
	one_card shadow=1 | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 source)" shadow
	same "$(rom_of 01:00 verdict)" rejected
	same "$(rom_of 01:00 'findings[0].code')" shadow
	same "$(rom_of 01:00 'attempts[].source' | tr '\n' ' ')" "sysfs efi prom shadow vfio "
	cmp "$R/var/lib/gpurom/raw/$(sha "$T/a.rom").bin" "$T/a.rom"
	same "$(jq -r '.cards[].reading.source' "$R/var/lib/gpurom/cards.json")" shadow
	[ ! -e "$(romfile 1)" ]
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
}

@test "a shadow that is asked for is published, and reported" {
	cmdline gpurom.sources=sysfs,shadow
	one_card shadow=1 | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 source)" shadow
	same "$(rom_of 01:00 verdict)" usable
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "enable that fails: reported, nothing left on, bound all the same" {
	one_card enable_eio=1 | machine
	boot_steps
	told "0000:01:00: no ROM"
	balanced 01:00.0
	bound vfio-pci 01:00.0 01:00.1
}

@test "the ROM of another card: rejected with both ids, not published, bound all the same" {
	card 1 10de:2204 rom=b.rom | machine
	boot_steps
	step commit
	told "0000:01:00: ROM rejected"
	grep -F "ROM rejected" "$R/dev/kmsg" | grep -F 10de:2206 | grep -qF 10de:2204
	[ ! -e "$(romfile 1)" ]
	bound vfio-pci 01:00.0 01:00.1
}

@test "a ROM that ends early is not published" {
	one_card truncate=4096 | machine
	boot_steps
	step commit
	same "$(rom_of 01:00 verdict)" rejected
	[ ! -e "$(romfile 1)" ]
	bound vfio-pci 01:00.0 01:00.1
}

@test "no IOMMU: driverless with the override set, the ROM kept, and what to do is reported" {
	one_card | sed 's/group=1//' | machine
	boot_steps
	step commit
	same "$(driver 01:00.0) $(override 01:00.0)" "- vfio-pci"
	same "$(driver 01:00.1) $(override 01:00.1)" "- vfio-pci"
	same "$(state 01:00)" driverless
	told "no IOMMU group"
	iommu_cure "$(kmsg)"
	cmp "$(romfile 1)" "$T/a.rom"
	balanced 01:00.0
}

@test "vfio-pci that is not loaded, or fails: driverless, reported, and no host driver gets it" {
	{
		echo "without vfio-pci"
		one_card
	} | machine
	boot_steps
	same "$(state 01:00)" driverless
	told "vfio-pci did not take 0000:01:00.0: is it loaded?"
	same "$(driver 01:00.0) $(driver 01:00.1)" "- -"
	one_card probe_fail=1 | machine
	boot_steps
	same "$(driver 01:00.0) $(driver 01:00.1)" "- vfio-pci"
	same "$(state 01:00)" driverless
}

@test "mode=claim: bound, nothing read" {
	two_cards | machine
	cmdline gpurom.mode=claim
	boot_steps
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	lacks "$(writes)" /rom
	lacks "$(writes)" /enable
	untold "handed over unread"
	step commit
	[ ! -e "$(romfile 1)" ]
}

@test "mode=dump: read, then the card is the host's again" {
	one_card driver=nouveau | machine
	cmdline gpurom.mode=dump
	boot_steps
	step commit
	same "$(driver 01:00.0) $(override 01:00.0)" "nouveau (null)"
	same "$(driver 01:00.1) $(override 01:00.1)" "snd_hda_intel (null)"
	same "$(state 01:00)" released
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "driver=: another driver than vfio-pci" {
	{
		one_card
		echo "fn 0000:05:00.0 1af4:1000 020000 native=pci-stub"
	} | machine
	cmdline gpurom.driver=pci-stub
	boot_steps
	bound pci-stub 01:00.0 01:00.1
}

# --- drivers that are made for a device ------------------------------------------------------------

@test "driver=auto: the function gets the variant that is made for it, the others vfio-pci" {
	kernel_module nvgrace-gpu-vfio-pci 10DE 2204
	modprobe_there
	{
		echo "module nvgrace_gpu_vfio_pci"
		two_cards
	} | machine
	boot_steps
	bound nvgrace_gpu_vfio_pci 01:00.0
	bound vfio-pci 01:00.1 02:00.0 02:00.1
	same "$(cat "$T/modprobe")" "-q nvgrace_gpu_vfio_pci"
	told "0000:01:00.0: is for the driver nvgrace_gpu_vfio_pci"
	same "$(state 01:00)" bound
	same "$(report '[.cards[0].functions[] | .wanted + " " + .driver] | join(",")')" \
		"nvgrace_gpu_vfio_pci nvgrace_gpu_vfio_pci,vfio-pci vfio-pci"
	# An older version in the real root reads it.
	same "$(report .driver)" vfio-pci
	# No step begins it anew.
	forget_writes
	step capture && step settle
	step commit
	[ -z "$(writes)" ]
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "driver=auto: a variant that this kernel has not got is nobody's" {
	kernel_module nvgrace-gpu-vfio-pci 10DE 2204
	sed -i /nvgrace/d "$R/lib/modules/$(uname -r)/modules.dep"
	two_cards | machine
	boot_steps
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	untold nvgrace
}

@test "driver=: - and _ swapped; the report and the override have the kernel's name" {
	modprobe_there
	{
		echo "module nvgrace_gpu_vfio_pci"
		echo "driver pci-stub"
		one_card
	} | machine
	cmdline gpurom.driver=nvgrace-gpu-vfio-pci
	boot_steps
	bound nvgrace_gpu_vfio_pci 01:00.0 01:00.1
	same "$(cat "$T/modprobe")" "-q nvgrace-gpu-vfio-pci"
	same "$(report '.cards[0].functions[0].wanted')" nvgrace_gpu_vfio_pci
	untold "there is no driver"
	rm -r "$R/run/gpurom"
	cmdline gpurom.driver=pci_stub
	step claim --force && step capture && step settle
	bound pci-stub 01:00.0 01:00.1
}

@test "driver=: one that does not exist is named, and keeps the host's drivers off" {
	modprobe_there
	one_card driver=nouveau | machine
	cmdline gpurom.driver=nosuch
	boot_steps
	told "0000:01:00.0: there is no driver nosuch, and modprobe loads none: check driver="
	told "0000:01:00.1: there is no driver nosuch"
	same "$(driver 01:00.0) $(override 01:00.0)" "- nosuch"
	same "$(driver 01:00.1) $(override 01:00.1)" "- nosuch"
	same "$(state 01:00)" driverless
	same "$(cat "$T/modprobe")" "-q nosuch"
	printf 0000:01:00.0 >"$R/sys/bus/pci/drivers_probe"
	same "$(driver 01:00.0)" -
	# What the real root has and the image had not: commit loads it.
	{
		echo "module nosuch"
		one_card
	} | machine
	for f in 01:00.0 01:00.1; do echo nosuch >"$(fn $f)/driver_override"; done
	step commit
	bound nosuch 01:00.0 01:00.1
	same "$(state 01:00)" bound
}

@test "a modprobe that hangs does not keep the card from the hand-over" {
	mkdir -p "$R/sbin"
	printf '#!/bin/sh\necho $$ >%s/hung\nexec sleep 60 >/dev/null 2>&1\n' "$T" >"$R/sbin/modprobe"
	chmod 755 "$R/sbin/modprobe"
	{
		echo "without vfio-pci"
		one_card
	} | machine
	step claim
	within 20000 step capture
	kill "$(cat "$T/hung")"
	step settle
	same "$(state 01:00)" driverless
	same "$(driver 01:00.0) $(override 01:00.0)" "- vfio-pci"
}

@test "mode=dump: no driver is loaded" {
	modprobe_there
	{
		echo "without vfio-pci"
		one_card driver=nouveau
	} | machine
	cmdline gpurom.mode=dump gpurom.driver=nosuch
	boot_steps
	[ ! -e "$T/modprobe" ]
	same "$(driver 01:00.0)" nouveau
	untold nosuch
}

@test "capture and settle without a claim: exit 0, nothing reported, nothing written" {
	two_cards | machine
	for s in capture settle; do
		run step $s
		[ "$status" -eq 0 ]
		[ -z "$output$(kmsg)$(writes)" ]
	done
}

@test "capture and settle again: nothing more is written" {
	two_cards | machine
	boot_steps
	forget_writes
	step capture
	step settle
	[ -z "$(writes)" ]
}

@test "capture waits for its workers, not for a child that its caller left it" {
	two_cards | machine
	step claim
	# shellcheck disable=SC2016 # for the shell that runs it
	timeout 60 bash -c 'sleep 300 & echo $! >"$0"; exec "$@"' "$T/left" "$GPUROM_INITRAMFS" --root "$R" --initramfs capture 3>&-
	kill "$(<"$T/left")"
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
}

# --- settle ------------------------------------------------------------------------------------

@test "settle waits for a slow ROM and no longer" {
	one_card page_ms=100 | machine
	step claim
	in_background capture
	until_true wrote "rom 1"
	step settle
	same "$(state 01:00)" bound
	same "$(rom_of 01:00 verdict)" complete
	balanced 01:00.0
}

@test "a ROM slower than its time: given up between two pages, balanced, bound, reported" {
	rom a.rom 10de:2204 94.02.42.80.01 64
	one_card page_ms=300 power=auto | machine
	cmdline gpurom.timeout=1
	step claim
	within 10000 step capture
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
	same "$(cat "$(fn 01:00.0)/power/control")" auto
	told "0000:01:00: no ROM: sysfs: not done by the deadline; gpurom.timeout= gives it longer"
}

# settle begins first, so that at its deadline a reader that used all of the time would still read.
@test "a ROM slower than its time is given up in time for the hand-over: settle ends no worker" {
	rom a.rom 10de:2204 94.02.42.80.01 200
	one_card page_ms=250 | machine
	cmdline gpurom.timeout=4
	step claim
	in_background settle
	within 10000 step capture
	wait
	bound vfio-pci 01:00.0 01:00.1
	told "0000:01:00: no ROM: sysfs: not done by the deadline; gpurom.timeout= gives it longer"
	untold "handed over unread"
}

# capture has read the report, and its worker waits for the card's lock, which settle has: the card is handed
# over meanwhile.
@test "a worker that comes late finds the card handed over: it does not touch it" {
	one_card | machine
	step claim
	card=$R/run/gpurom/cards/0000-01-00
	jq '{version, card: .cards[0]} | .card.state = "bound" | .card.functions[].driver = "vfio-pci"' \
		"$R/run/gpurom/report.json" >"$T/bound.json"
	exec 9>"$card.lock"
	flock 9
	"$GPUROM_INITRAMFS" --root "$R" --initramfs capture 3>&- 9>&- &
	# It tries for a fifth of a second, and while it is stopped it does not try.
	worker=
	until [ "$worker" ]; do
		kill -0 $!
		read -r worker _ <"/proc/$!/task/$!/children" || : # no newline at its end
	done
	kill -STOP "$worker"
	mv "$T/bound.json" "$card.json"
	for f in 01:00.0 01:00.1; do
		echo vfio-pci >"$(fn $f)/driver_override"
		printf 0000:%s $f >"$R/sys/bus/pci/drivers_probe"
	done
	forget_writes
	exec 9>&-
	kill -CONT "$worker"
	wait
	[ -z "$(writes)" ] || fail "$(writes)"
	bound vfio-pci 01:00.0 01:00.1
	same "$(state 01:00)" bound
}

# Whether the page or settle is first: the card is bound, and nothing of it is left on.
@test "a page slower than the deadline: the worker is ended, the card handed over, balanced" {
	one_card page_ms=1300 | machine
	cmdline gpurom.timeout=1
	step claim
	in_background capture
	until_true wrote "rom 1"
	within 10000 step settle
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
	kmsg | grep -qE "handed over unread|not done by the deadline"
}

@test "a read that never ends: its worker is ended, or held for good; the boot goes on" {
	one_card page_ms=60000 | machine
	cmdline gpurom.timeout=1
	step claim
	in_background capture
	until_true wrote "rom 1"
	within 10000 step settle
	same "$(state 01:00)" stuck
	held 01:00.0 01:00.1
	told "0000:01:00: stuck: its worker sleeps in the kernel"
}

@test "a worker that is ended within a page that reads slowly: no stuck card, it is handed over" {
	one_card page_ms=1900 | machine
	cmdline gpurom.timeout=1
	step claim
	in_background capture
	until_true wrote "rom 1"
	within 10000 step settle
	same "$(state 01:00)" bound
	bound vfio-pci 01:00.0 01:00.1
	lacks "$(kmsg)" stuck
}

@test "a worker that is killed: what it set up is put back, the card handed over" {
	one_card page_ms=1000 power=auto | machine
	step claim
	in_background capture
	until_true wrote "rom 1"
	kill -KILL "$(worker_of 1)"
	within 10000 step settle
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
	same "$(cat "$(fn 01:00.0)/power/control")" auto
	same "$(state 01:00)" bound
	told "0000:01:00: handed over unread"
}

@test "a reader of vfio that does not end: ended at the deadline, the card stays bound, reported" {
	one_card rom_eio=1 | machine
	cmdline gpurom.timeout=1
	boot_steps
	flock "$R/run/gpurom/cards/0000-01-00.lock" sleep 100 3>&- &
	until_true pgrep -P $!
	reader=$(pgrep -P $!)
	jq ".card.worker = $reader" "$R/run/gpurom/cards/0000-01-00.json" >"$T/card.json"
	cp "$T/card.json" "$R/run/gpurom/cards/0000-01-00.json"
	within 10000 step settle
	! kill -0 "$reader" || fail "the reader goes on"
	bound vfio-pci 01:00.0 01:00.1
	same "$(state 01:00)" bound
	told "0000:01:00: vfio: not done before the boot went on"
	same "$(rom_of 01:00 'attempts[-1].outcome')" "not done before the boot went on; gpurom.timeout= gives it longer"
	same "$(report '.cards[0].worker')" 0
}

@test "capture that never came: settle waits to its deadline, hands over, reports" {
	two_cards | machine
	cmdline gpurom.timeout=1
	step claim
	start=$(now_ms)
	within 10000 step settle
	[ $(($(now_ms) - start)) -ge 1000 ]
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	told "0000:01:00: handed over unread"
	told "0000:02:00: handed over unread"
	lacks "$(writes)" "rom 1"
}

@test "a card of which nothing can be noted down is handed over all the same, and not called stuck" {
	one_card | machine
	cmdline gpurom.timeout=1
	step claim
	mkdir "$R/run/gpurom/cards/0000-01-00.json"
	within 10000 step settle
	bound vfio-pci 01:00.0 01:00.1
	told "0000:01:00: the report cannot be written"
	lacks "$(kmsg)" stuck
}

@test "settle keeps a card's lock from no worker that has yet to begin" {
	one_card | machine
	cmdline gpurom.timeout=3
	step claim
	start=$(now_ms)
	in_background settle
	while [ $(($(now_ms) - start)) -lt 2000 ]; do
		flock -n "$R/run/gpurom/cards/0000-01-00.lock" true || fail "settle has it"
	done
	wait
	bound vfio-pci 01:00.0 01:00.1
}

@test "cards whose probe hangs are waited for at the same time, not one after the other" {
	for i in 1 2 3 4; do
		card $i 10de:2204 rom=a.rom probe_hang=1
	done | machine
	cmdline gpurom.timeout=1
	step claim
	within 13000 step settle # 1 s, and 5 s for a probe: four of them are no 20 s
	same "$(state 01:00) $(state 04:00)" "stuck stuck"
}

@test "one card that hangs does not keep the others from being bound and stored" {
	{
		card 1 10de:2204 rom=a.rom page_ms=60000
		card 2 10de:2206 rom=b.rom
		card 3 10de:2204 rom=a.rom probe_hang=1
		card 4 10de:2206 rom=b.rom
	} | machine
	cmdline gpurom.timeout=3
	step claim
	in_background capture
	within 10000 step settle
	same "$(state 01:00) $(state 02:00) $(state 03:00) $(state 04:00)" "stuck bound stuck bound"
	bound vfio-pci 02:00.0 02:00.1 04:00.0 04:00.1
	step commit
	cmp "$(romfile 2)" "$T/b.rom"
	cmp "$(romfile 3)" "$T/a.rom"
	cmp "$(romfile 4)" "$T/b.rom"
	[ ! -e "$(romfile 1)" ]
}

@test "a probe that hangs under settle itself: bounded, stuck, reported" {
	one_card probe_hang=1 | machine
	cmdline gpurom.timeout=1
	step claim
	within 15000 step settle
	same "$(state 01:00)" stuck
	told "0000:01:00: stuck: the hand-over does not return"
	same "$(driver 01:00.0)" -
}

@test "boot is bounded too" {
	{
		one_card page_ms=60000
		card 2 10de:2206 rom=b.rom
	} | machine
	cmdline gpurom.timeout=1
	within 10000 step boot
	same "$(state 01:00) $(state 02:00)" "stuck bound"
}

# A driver that takes longer than claim has patience for.
slow_to_go() { one_card driver=nouveau unbind_ms=6500; }

@test "a driver that lets go late: commit finishes the hand-over, ROM and all" {
	slow_to_go | machine
	boot_steps
	same "$(state 01:00)" stuck
	until_true cat "$(fn 01:00.0)/driver_override" >/dev/null # waits for the device's lock
	step commit
	told "0000:01:00: free by now"
	bound vfio-pci 01:00.0 01:00.1
	balanced 01:00.0
	same "$(state 01:00)" bound
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "what is staged is stored before a late card is seen to" {
	{
		slow_to_go
		card 2 10de:2206 rom=b.rom
	} | machine
	boot_steps
	until_true cat "$(fn 01:00.0)/driver_override" >/dev/null # waits for the device's lock
	step commit
	same "$(kmsg | grep -oE "0[12]:00: (ROM [0-9.]* stored|free by now)" | sed 's/ROM .* //')" \
		$'02:00: stored\n01:00: free by now\n01:00: stored'
}

@test "a driver that has still not let go: commit leaves the card held, is not held up" {
	one_card driver=nouveau unbind_hang=1 | machine
	boot_steps
	within 4000 step commit
	same "$(state 01:00)" stuck
	untold "free by now"
}

@test "a stuck card that somebody has taken in hand since is left alone" {
	slow_to_go | machine
	boot_steps
	printf 'nouveau\n' >"$(fn 01:00.0)/driver_override" # waits, too
	forget_writes
	step commit
	same "$(state 01:00)" stuck
	untouched 01:00.0 01:00.1
}

# --- commit --------------------------------------------------------------------------------------

# Another boot of the machine: /run is empty, every card as the firmware left it.
reboot() {
	rm -rf "$R/run/gpurom"
	: >"$R/dev/kmsg"
	machine
	boot_steps
	step commit
}

links() { find "$R/var/lib/gpurom/by-path" "$R/var/lib/gpurom/by-id" -type l -printf '%p %l\n' | sort; }

@test "a later boot that reads worse, or nothing, keeps the good ROM" {
	one_card | reboot
	links >"$T/links"
	[ -s "$T/links" ]
	for fault in rom_eio=1 flaky=99 truncate=2048 page_ms=60000; do
		cmdline gpurom.timeout=1
		one_card $fault | if [ $fault = page_ms=60000 ]; then
			rm -rf "$R/run/gpurom"
			machine
			step boot
			step commit
		else
			reboot
		fi
		links | diff "$T/links" -
		cmp "$(romfile 1)" "$T/a.rom"
	done
}

@test "commit again changes nothing" {
	two_cards | reboot
	find "$R/var/lib/gpurom" -type f -exec sha256sum {} + | sort >"$T/before"
	links >>"$T/before"
	run step commit
	[ "$status" -eq 0 ]
	{
		find "$R/var/lib/gpurom" -type f -exec sha256sum {} + | sort
		links
	} | grep -v cards.json | diff <(grep -v cards.json "$T/before") -
}

@test "store= elsewhere" {
	one_card | machine
	cmdline gpurom.store=/srv/roms
	boot_steps
	step commit
	cmp "$R/srv/roms/by-path/pci0000-uid0-01.1-00.rom" "$T/a.rom"
	[ ! -e "$R/var/lib/gpurom" ]
}

@test "a store that cannot be written: exit 0, reported, and the ROM is under /run" {
	one_card | machine
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	boot_steps
	run step commit
	[ "$status" -eq 0 ]
	cmp "$R/run/gpurom/store/by-path/pci0000-uid0-01.1-00.rom" "$T/a.rom"
	told /var/lib/gpurom
	same "$(g list --json | jq -r '.[0].romfile')" /run/gpurom/store/by-path/pci0000-uid0-01.1-00.rom
}

@test "commit without a report: exit 0, reported in a line" {
	run step commit
	[ "$status" -eq 0 ]
	same "$(wc -l <"$R/dev/kmsg")" 1
}

@test "files of this boot that are damaged: every step is exit 0, reported, nothing written to sysfs" {
	two_cards | machine
	step claim
	forget_writes
	echo '{"version": 1, "cards": [{]}' >"$R/run/gpurom/report.json"
	for s in capture settle commit; do
		run step $s
		[ "$status" -eq 0 ]
		told "$s"
	done
	[ -z "$(writes)" ]
}

@test "a card's own file that is damaged does not keep it from being handed over" {
	two_cards | machine
	cmdline gpurom.timeout=1
	step claim
	echo nonsense >"$R/run/gpurom/cards/0000-01-00.json"
	step capture
	step settle
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
}
