#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom take and gpurom release: one card changes hands while the host runs.
# shellcheck disable=SC2154 # what run sets

load lib

DOMAIN=$(dirname "$GPUROM")/gpurom-domain
p1=pci0000-uid0-01.1-00

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
# by_host: card 1 has the host's drivers from the start.
by_host() { card 1 10de:2204 rom=a.rom driver=nouveau "$@" | sed '/00\.1 10de/s/$/ driver=snd_hda_intel/'; }
# on DISPLAY AUDIO: the drivers of card 1, and no overrides.
on() {
	same "$(driver 01:00.0) $(driver 01:00.1)" "$1 $2"
	same "$(override 01:00.0 | tr -d '\n')$(override 01:00.1 | tr -d '\n')" "$(printf '%s' "${3-(null)(null)}")"
}
# opened NODE COMM: a process 4321 has it open.
opened() {
	mkdir -p "$R/proc/4321/fd"
	echo "$2" >"$R/proc/4321/comm"
	ln -sfn "$1" "$R/proc/4321/fd/7"
}
# refuses WORDS COMMAND...: exit 1 with these words, and nothing is written to a device.
refuses() {
	local words=$1
	shift
	forget_writes
	run --separate-stderr g "$@"
	[ "$status" -eq 1 ] || fail "exit $status" "$output" "$stderr"
	has "$stderr" "$words"
	[ -z "$(writes)" ] || fail "written:" "$(writes)"
}

@test "release: the host's drivers bind, the report and list say whose it is, nothing else is touched" {
	two_cards | a_boot 1
	run --separate-stderr g release 01:00.0
	same "$status $stderr" "0 "
	on nouveau snd_hda_intel
	untouched 02:00 00:02.0 00:01.1
	has "$output" "0000:01:00.0: released: the host has it"
	has "$output" "0000:01:00.0  10de:2204  nouveau"
	has "$output" "0000:01:00.1  10de:1aef  snd_hda_intel"
	same "$(state 01:00) $(state 02:00)" "released bound"
	same "$(report '.cards[0].by_hand')" true
	same "$(report '.cards[1].by_hand')" false
	has "$(g list)" "0000:01:00: released by 'gpurom release', until the next boot"
	same "$(g list --json | jq -r '.[] | select(.address == "0000:01:00.0") | .state')" released
	same "$(jq -r ".cards[\"$p1\"].state" "$R/var/lib/gpurom/cards.json")" released
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "release says what the next boot does, and prints the keep= line that changes it; --until-boot does not" {
	two_cards | a_boot 1
	echo "keep=02:00" >"$R/etc/gpurom.conf"
	run --separate-stderr g release 01:00.0
	has "$output" "The next boot takes it: selected (nvidia)."
	same "$(tail -n 1 <<<"$output")" "keep=02:00,path:$p1"
	tail -n 1 <<<"$output" >"$R/etc/gpurom.conf"
	has "$(g plan)" "0000:01:00: leave: kept for the host (path:$p1)"
	has "$(g plan)" "0000:02:00: leave: kept for the host (02:00)"
	run --separate-stderr g release 01:00.0
	same "$status" 0
	has "$output" "the host has it already"
	has "$output" "The next boot leaves it with the host: kept for the host (path:$p1)."
	lacks "$output" "keep="
	rm "$R/etc/gpurom.conf"
	run --separate-stderr g release --until-boot 01:00.0
	has "$output" "The next boot takes it"
	lacks "$output" "keep="
}

@test "the words of the next boot's initramfs count" {
	cmdline rd.gpurom.keep=01:00
	{
		onboard
		card 1 10de:2204 rom=a.rom
	} | machine
	run --separate-stderr g take 01:00.0
	same "$status" 0
	has "$output" "The next boot leaves it with the host: kept for the host (01:00)."
}

@test "release and take, again and again: the ROM is read anew and stays stored" {
	two_cards | a_boot 1
	for _ in 1 2; do
		g release 01:00.0
		on nouveau snd_hda_intel
		run --separate-stderr g take 01:00.0
		same "$status $stderr" "0 "
		bound vfio-pci 01:00.0 01:00.1
		has "$output" "0000:01:00.0: taken: it is for VMs"
		has "$output" "is the stored one"
		same "$(state 01:00)" bound
		same "$(report '.cards[0].functions[].was' | xargs)" "nouveau snd_hda_intel"
		cmp "$(romfile 1)" "$T/a.rom"
	done
	forget_writes
	run --separate-stderr g take 01:00.0
	same "$status" 0
	has "$output" "it is taken already"
	[ -z "$(writes)" ]
}

@test "release of a card that somebody put on vfio-pci by hand, where gpurom took none" {
	cmdline gpurom=0
	{
		onboard
		card 1 10de:2204 rom=a.rom
	} | machine
	for f in 01:00.0 01:00.1; do
		printf vfio-pci >"$(fn $f)/driver_override"
		printf '0000:%s' $f >"$R/sys/bus/pci/drivers_probe"
	done
	run --separate-stderr g release 01:00.0
	same "$status $stderr" "0 "
	on nouveau snd_hda_intel
	same "$(state 01:00)" released
	has "$output" "The next boot leaves it with the host: mode=off"
}

@test "release of a card that is the host's: nothing is written to it" {
	by_host | machine
	run --separate-stderr g release 01:00.0
	same "$status $stderr" "0 "
	has "$output" "the host has it already"
	[ -z "$(writes)" ]
	[ ! -e "$R/run/gpurom/report.json" ]
}

@test "take of a card that keep= keeps, and of one that nobody selects" {
	two_cards | machine
	cmdline gpurom.keep=01:00.0 gpurom.devices=01:00
	for n in 1 2; do
		run --separate-stderr g take 0$n:00.0
		same "$status $stderr" "0 "
		bound vfio-pci 0$n:00.0 0$n:00.1
		has "$output" "The next boot leaves it with the host"
	done
	cmp "$(romfile 1)" "$T/a.rom"
	cmp "$(romfile 2)" "$T/b.rom"
}

@test "mode=dump: the boot gives the card back, take keeps it" {
	cmdline gpurom.mode=dump
	{
		onboard
		card 1 10de:2204 rom=a.rom
	} | a_boot 1
	same "$(state 01:00)" released
	g take 01:00.0
	bound vfio-pci 01:00.0 01:00.1
	same "$(state 01:00) $(report .mode)" "bound dump"
	run --separate-stderr g release 01:00.0
	has "$output" "The next boot reads its ROM, and gives it to the host (mode=dump)"
	on nouveau snd_hda_intel
}

@test "a VM has it: release is refused, and names the process and the VM" {
	two_cards | a_boot 1
	opened /dev/vfio/1 qemu-system-x86
	printf '%s\0' /usr/bin/qemu-system-x86_64 -name guest=win11,debug-threads=on -S >"$R/proc/4321/cmdline"
	refuses "0000:01:00.0: nothing was done: 0000:01:00.0: qemu-system-x86 (process 4321, VM win11) has /dev/vfio/1 open: end that first" release 01:00.0
	refuses "VM win11" release --force 01:00.0
	bound vfio-pci 01:00.0 01:00.1
	same "$(state 01:00)" bound
}

@test "a process of the host has it: take is refused, and names it" {
	by_host | machine
	opened /dev/dri/card1 Xorg
	refuses "Xorg (process 4321) has /dev/dri/card1 open: end that first" take 01:00.0
	on nouveau snd_hda_intel
}

@test "virtual functions: refused without --force" {
	{
		by_host
		echo "fn 0000:01:00.4 10de:2204 030000 physfn=0000:01:00.0 parent=0000:00:01.1"
	} | machine
	refuses "it has 1 virtual functions, 0 in use, which would go" take 01:00.0
	refuses "it has 1 virtual functions" release 01:00.0 || :
}

@test "another gpurom is at work on the card, or on the report: refused" {
	two_cards | a_boot 1
	exec 8>"$R/run/gpurom/cards/0000-01-00.lock"
	flock 8
	for c in take release; do
		refuses "this boot, or another gpurom, is at work on the card" $c 01:00.0
	done
	exec 8>&-
	exec 8>"$R/run/gpurom/late.lock"
	flock 8
	refuses "another gpurom is at work on this boot's cards" release 01:00.0
	exec 8>&-
}

@test "a card that this boot has not finished: refused" {
	two_cards | machine
	step claim
	refuses "this boot has not finished with it" release 01:00.0
	refuses "this boot has not finished with it" take 01:00.0
	held 01:00.0 01:00.1
}

@test "no IOMMU, and no such driver: take is refused, for the card would be nobody's" {
	by_host | sed 's/group=1//' | machine
	refuses "0000:01:00.0 has no IOMMU group, so vfio-pci would refuse it" take 01:00.0
	iommu_cure "$stderr"
	{
		echo "without vfio-pci"
		by_host
	} >"$T/m"
	machine <"$T/m"
	refuses "this kernel has no driver vfio-pci" take 01:00.0
}

@test "a driver that is at work on the card for ever: refused in time" {
	card 1 10de:2204 rom=a.rom busy=1 driver=vfio-pci | machine
	run within 20000 g release 01:00.0
	[ "$status" -ne 0 ]
	has "$output" "does not answer, or a driver is busy with it"
	[ -z "$(writes)" ]
}

@test "an override that cannot be written: all is as before, the report too" {
	by_host override_eio=1 | machine
	run --separate-stderr g take 01:00.0
	same "$status" 1
	has "$stderr" "0000:01:00.0: it is as before: driver_override cannot be written"
	on nouveau snd_hda_intel
	same "$(report '.cards | length')" 0
}

@test "a driver that does not let go: said, in time; the report says stuck, the next command does not wait for it" {
	by_host unbind_hang=1 | machine
	run within 30000 g take 01:00.0
	[ "$status" -eq 1 ]
	has "$output" "stuck: nouveau does not let go"
	same "$(state 01:00)" stuck
	# What sleeps in the kernel for ever has none of the locks.
	run within 12000 g release 01:00.0
	has "$output" "a driver is busy with it"
}

@test "vfio-pci that does not let go: the same for release" {
	card 1 10de:2204 rom=a.rom unbind_hang=1 | a_boot 1
	run within 30000 g release 01:00.0
	[ "$status" -eq 1 ]
	has "$output" "stuck: vfio-pci does not let go"
	same "$(state 01:00)" stuck
}

@test "a host driver whose probe does not end: said, in time, and the report says stuck" {
	card 1 10de:2204 rom=a.rom native_hang=1 | a_boot 1
	run within 40000 g release 01:00.0
	[ "$status" -eq 1 ]
	has "$output" "a driver of the host does not finish its probe"
	same "$(state 01:00)" stuck
}

@test "a driver that is not loaded: the module that udev would load is, by the function's modalias" {
	modprobe_there
	{
		echo "module nouveau"
		card 1 10de:2204 rom=a.rom
	} | a_boot 1
	printf '#!/bin/sh\necho "$*" >>%s/modprobe\nprintf nouveau >%s/sys/load\n' "$T" "$R" >"$R/sbin/modprobe"
	: >"$T/modprobe"
	g release 01:00.0
	on nouveau snd_hda_intel
	same "$(cat "$T/modprobe")" "-bq pci:v000010DEd00002204sv00001462sd00003896bc03sc00i00"
}

@test "no driver takes it: released all the same, said, exit 3" {
	{
		echo "module nouveau"
		card 1 10de:2204 rom=a.rom
	} | a_boot 1
	run --separate-stderr g release 01:00.0
	same "$status" 3
	has "$stderr" "no driver of the host took it"
	same "$(state 01:00)" released
	on - snd_hda_intel
}

@test "vfio-pci.ids= takes it again: said, and it is not called released" {
	card 1 10de:2204 rom=a.rom | sed 's/native=nouveau/native=vfio-pci/' | a_boot 1
	run --separate-stderr g release 01:00.0
	same "$status" 1
	has "$stderr" "vfio-pci took 0000:01:00.0 again: vfio-pci.ids="
	same "$(state 01:00)" stuck
}

@test "udev's rule and commit leave a released card to the host; a card of another model is new" {
	two_cards | a_boot 1
	g release 01:00.0
	forget_writes
	run g late --hold 0000:01:00.0
	same "$status $output" "0 "
	g late 0000:01:00.0
	step commit
	[ -z "$(writes)" ]
	on nouveau snd_hda_intel
	same "$(state 01:00)" released
	cmp "$(romfile 1)" "$T/a.rom"
	card 1 10de:2206 rom=b.rom | machine
	same "$(g late --hold 0000:01:00.0)" taken
}

@test "libvirt's guard says that the card is the host's, also where libvirt would take it" {
	two_cards | a_boot 1
	for managed in no yes; do
		{
			echo "<domain type='kvm'><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid><devices>"
			g snippet 01:00 --libvirt
			echo "</devices></domain>"
		} | sed "s/managed='[a-z]*'/managed='$managed'/" >"$T/$managed.xml"
	done
	"$DOMAIN" --root "$R" check <"$T/no.xml"
	g release 01:00.0
	for managed in no yes; do
		run --separate-stderr "$DOMAIN" --root "$R" check <"$T/$managed.xml"
		same "$status" 3
		has "$stderr" "0000:01:00.0: 'gpurom release' gave the card to the host, and nouveau has it; 'gpurom take $p1' gives it to VMs"
	done
	g take 01:00.0
	"$DOMAIN" --root "$R" check <"$T/yes.xml"
}

@test "a name that is no card's, and none" {
	two_cards | machine
	for c in take release; do
		run --separate-stderr g $c 07:00
		same "$status" 1
		run --separate-stderr g $c
		same "$status" 2
	done
	[ -z "$(writes)" ]
}

@test "--json: one object, on standard output alone, also where nothing is done" {
	two_cards | a_boot 1
	run --separate-stderr g release --json 01:00.0
	same "$status $stderr" "0 "
	same "$(jq -c '[.version, .address, .path, .result, .why, .state]' <<<"$output")" \
		"[1,\"0000:01:00.0\",\"$p1\",\"done\",null,\"released\"]"
	same "$(jq -r '.functions[] | "\(.address) \(.ids) \(.driver)"' <<<"$output")" \
		"0000:01:00.0 10de:2204 nouveau
0000:01:00.1 10de:1aef snd_hda_intel"
	same "$(jq -r '.next_boot_takes, .next_boot, .keep' <<<"$output")" \
		"true
The next boot takes it: selected (nvidia).
keep=path:$p1"
	same "$(g release --json=2 --until-boot 01:00.0 | jq -c '[.version, .result, .keep]')" '[2,"already",null]'
	echo "keep=01:00" >"$R/etc/gpurom.conf"
	run --separate-stderr g take --json 01:00.0
	same "$status $stderr" "0 "
	same "$(jq -c '[.result, .state, .next_boot_takes, .keep]' <<<"$output")" '["done","bound",false,null]'
	same "$(jq -r '[.functions[].driver] | unique[]' <<<"$output")" vfio-pci
	has "$(jq -r .stored <<<"$output")" "is the stored one"
	opened /dev/vfio/1 qemu-system-x86
	run --separate-stderr g release --json 01:00.0
	same "$status $(jq -c '[.result, .state]' <<<"$output")" '1 ["refused","bound"]'
	has "$(jq -r .why <<<"$output")" "qemu-system-x86 (process 4321) has /dev/vfio/1 open"
	has "$stderr" "0000:01:00.0: nothing was done: "
}

@test "--json: no driver of the host is null, and why says so" {
	{
		echo "module nouveau"
		card 1 10de:2204 rom=a.rom
	} | a_boot 1
	run --separate-stderr g release --json 01:00.0
	same "$status $(jq -c '[.result, .functions[0].driver]' <<<"$output")" '3 ["done",null]'
	has "$(jq -r .why <<<"$output")" "no driver of the host took it"
	has "$stderr" "no driver of the host took it"
}

@test "--json: a driver that does not let go is stuck" {
	by_host unbind_hang=1 | machine
	run --separate-stderr within 30000 g take --json 01:00.0
	same "$status $(jq -c '[.result, .state]' <<<"$output")" '1 ["stuck","stuck"]'
	has "$(jq -r .why <<<"$output")" "nouveau does not let go"
}
