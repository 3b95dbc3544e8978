#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom dump: a card's ROM now, for a person: from what may be asked, whole or not at all, and the
# card as it was.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204 94.02.42.80.01
	cd "$T" || return
}
teardown() { cli_teardown; }

one_card() { card 1 10de:2204 rom=a.rom "$@"; }
nothing_written() { [ ! -e "$T/out" ] && [ -z "$(find "$T" -maxdepth 1 -name '.tmp*')" ]; }
@test "no driver: the first source, the romfile, and the card as it was" {
	one_card power=auto | machine
	run --separate-stderr g dump 01:00.0 out
	[ "$status" -eq 0 ]
	cmp a.rom out
	same "$output" "out: 6144 bytes from sysfs, 94.02.42.80.01, complete"
	same "${stderr_lines[0]}" "0000:01:00.0: sysfs: read, 6144 bytes: complete"
	balanced 01:00.0
	same "$(cat "$(fn 01:00.0)/power/control")" auto
	untouched 01:00.1 00:01.1
	same "$(stat -c %a out)" 644
}

@test "a card by its path name, by its ids; one that is not here is reported" {
	one_card | machine
	g dump pci0000-uid0-01.1-00 out
	cmp a.rom out
	g dump --force 10de:2204 out
	run -1 g dump 05:00.0 other
	has "$output" "gpurom: 05:00.0: no such card"
	[ ! -e other ]
}

@test "trimmed, or with --raw as it came" {
	head -c 4096 /dev/zero | cat a.rom - >long.rom
	card 1 10de:2204 rom=long.rom | machine
	g dump 01:00.0 out
	cmp a.rom out
	run g dump --raw 01:00.0 raw
	has "$output" "raw: 10240 bytes from sysfs, 94.02.42.80.01, as they came, complete"
	cmp long.rom raw
}

@test "trim=head of the configuration is heeded" {
	head -c 4096 /dev/zero | cat a.rom - >long.rom
	card 1 10de:2204 rom=long.rom | machine
	echo trim=head >"$R/etc/gpurom.conf"
	g dump 01:00.0 out
	cmp long.rom out
}

@test "rejected: no file, and why; --raw writes it all the same" {
	rom other.rom 10de:2206
	card 1 10de:2204 rom=other.rom | machine
	run -1 --separate-stderr g dump 01:00.0 out
	has "$stderr" "0000:01:00.0: fatal: ROM of another card: 10de:2206, this is 10de:2204"
	has "${stderr_lines[-1]}" "gpurom: 0000:01:00.0: rejected: ROM of another card"
	has "${stderr_lines[-1]}" "--raw writes it as it came"
	nothing_written
	balanced 01:00.0
	g dump --raw 01:00.0 out
	cmp other.rom out
}

@test "nothing to read: each source's reason, exit 1" {
	one_card rom_eio=1 | machine
	run -1 --separate-stderr g dump 01:00.0 out
	has "$stderr" "0000:01:00.0: sysfs: no option ROM behind the ROM BAR"
	has "$stderr" "0000:01:00.0: efi: the firmware left no copies"
	has "$stderr" "0000:01:00.0: prom: BAR 0 is no memory"
	has "$stderr" "0000:01:00.0: vfio: no vfio driver is bound to the card"
	has "${stderr_lines[-1]}" "gpurom: 0000:01:00.0: nothing could be read: sysfs: no option ROM"
	nothing_written
	balanced 01:00.0
}

@test "--source: that one alone" {
	one_card | machine
	run --separate-stderr g dump --source=sysfs 01:00.0 out
	[ "$status" -eq 0 ]
	same "${#stderr_lines[@]}" 1
	for s in efi prom vfio shadow; do
		run -1 --separate-stderr g dump --source=$s 01:00.0 other
		has "${stderr_lines[0]}" "0000:01:00.0: $s: "
		same "${#stderr_lines[@]}" 2
	done
	[ ! -e other ]
}

@test "a driver of the host's has it: nothing is asked of the card, and who has it is reported" {
	one_card driver=nouveau | machine
	mkdir -p "$R/dev/dri" "$R/proc/4321/fd"
	ln -s /dev/dri/card1 "$R/proc/4321/fd/3"
	echo Xorg >"$R/proc/4321/comm"
	run -1 --separate-stderr g dump 01:00.0 out
	has "$stderr" "sysfs, prom, vfio not asked: the driver nouveau has the card, and Xorg (process 4321) has /dev/dri/card1 open"
	has "$stderr" "--while-bound"
	for s in sysfs prom vfio; do
		run -1 --separate-stderr g dump --source=$s 01:00.0 out
		has "${stderr_lines[-1]}" "gpurom: 0000:01:00.0: $s not asked: the driver nouveau has the card"
		same "${#stderr_lines[@]}" 1
	done
	same "$(writes)" ""
	nothing_written
}

@test "--while-bound: read beside the driver, whose power and decode are left alone" {
	one_card driver=nouveau | machine
	g dump --while-bound 01:00.0 out
	cmp a.rom out
	diff - <(writes) <<-'END'
		0000:01:00.0/rom 1\n
		0000:01:00.0/rom 0\n
	END
	run -1 g dump --while-bound --source=prom 01:00.0 other
	has "$output" "prom: a driver has the card"
}

@test "the firmware's copy is no reading of the card: whoever has it" {
	for driver in nouveau vfio-pci; do
		one_card driver=$driver efi=a.rom | machine
		run g dump --force 01:00.0 out
		[ "$status" -eq 0 ]
		has "$output" "0000:01:00.0: efi: read, 6144 bytes: complete"
		has "$output" "not asked"
		cmp a.rom out
		same "$(writes)" ""
	done
}

@test "a shadow: kept from being a romfile, unless it is asked for by name" {
	card 1 10de:2204 rom=a.rom shadow=1 boot_vga=1 | machine
	run -1 --separate-stderr g dump 01:00.0 out
	has "$stderr" "0000:01:00.0: sysfs: the kernel shows the boot screen's shadow"
	has "$stderr" "0000:01:00.0: shadow: read, 6144 bytes: rejected"
	nothing_written
	run g dump --source=shadow 01:00.0 out
	[ "$status" -eq 0 ]
	has "$output" "out: 6144 bytes from shadow, 94.02.42.80.01, usable"
}

@test "a shadow is memory: a driver of the host's does not forbid it" {
	card 1 10de:2204 rom=a.rom shadow=1 boot_vga=1 driver=nouveau | machine
	g dump --source=shadow 01:00.0 out
	cmp a.rom out
	lacks "$(writes)" enable
}

@test "vfio-pci has it: efi and vfio are asked, the sleeping card is not" {
	one_card driver=vfio-pci | machine
	run -1 --separate-stderr g dump 01:00.0 out
	has "$stderr" "sysfs, prom not asked: vfio-pci has the card"
	has "$stderr" "0000:01:00.0: efi: "
	has "$stderr" "0000:01:00.0: vfio: "
	for words in --source=sysfs --source=prom "--source=sysfs --while-bound"; do
		# shellcheck disable=SC2086 # words
		run -1 g dump $words 01:00.0 out
		has "$output" "not asked: vfio-pci has the card"
	done
	same "$(writes)" ""
	nothing_written
}

@test "a card that this boot is capturing is left alone" {
	one_card page_ms=400 | machine
	step claim
	run -1 g dump 01:00.0 out
	has "$output" "gpurom: 0000:01:00.0: this boot, or another gpurom, is reading the card"
	step capture &
	until grep -qF "rom 1" "$LOG"; do sleep 0.01; done
	run -1 g dump 01:00.0 out
	has "$output" "gpurom: 0000:01:00.0: this boot, or another gpurom, is reading the card"
	wait
	same "$(rom_of 01:00 verdict)" complete
	same "$(writes | grep -c 'rom 1')" 1
}

@test "two at once: the second says that another is at it" {
	one_card page_ms=300 | machine
	g dump 01:00.0 out >/dev/null 2>&1 &
	until grep -qF "rom 1" "$LOG"; do sleep 0.01; done
	run -1 g dump 01:00.0 other
	has "$output" "another gpurom, is reading the card"
	wait
	cmp a.rom out
}

@test "a signal in the middle: what was changed is put back, no file" {
	for signal in INT TERM HUP QUIT; do
		one_card power=auto page_ms=300 | machine
		forget_writes
		# Background jobs of a shell ignore INT and QUIT.
		setsid env --default-signal=INT,QUIT "$GPUROM" --root "$R" dump 01:00.0 out 2>err 3>&- &
		until grep -qF "rom 1" "$LOG"; do sleep 0.01; done
		kill -$signal $!
		status=0
		wait $! || status=$?
		same "$status" $((128 + $(kill -l $signal)))
		has "$(cat err)" "gpurom: 0000:01:00.0: stopped; what was changed is put back"
		same "$(writes | tail -3)" '0000:01:00.0/rom 0\n
0000:01:00.0/enable 0
0000:01:00.0/power/control auto'
		balanced 01:00.0
		nothing_written
	done
}

@test "a signal that is ignored stays so" {
	one_card page_ms=100 | machine
	(
		trap '' HUP
		exec "$GPUROM" --root "$R" dump 01:00.0 out 3>&-
	) &
	until grep -qF "rom 1" "$LOG"; do sleep 0.01; done
	kill -HUP $!
	wait $!
	cmp a.rom out
}

@test "never over a file that is there, and the card is not asked for nothing" {
	one_card | machine
	echo dear >out
	run -1 g dump 01:00.0 out
	has "$output" "gpurom: out: exists already"
	same "$(cat out)" dear
	mkdir folder
	run -1 g dump --force 01:00.0 folder
	has "$output" "folder: exists and is no regular file"
	same "$(writes)" ""
	g dump --force 01:00.0 out
	cmp a.rom out
}

@test "a failed reading spares what --force would replace" {
	one_card rom_eio=1 | machine
	echo dear >out
	run -1 g dump --force 01:00.0 out
	same "$(cat out)" dear
}

@test "a line that counts, on a terminal only" {
	one_card page_ms=20 | machine
	run g dump 01:00.0 out
	lacks "$output" KiB
	script -qec "'$GPUROM' --root '$R' dump 01:00.0 tty" /dev/null >typescript 3>&-
	cmp a.rom tty
	grep -qF "sysfs: 4 KiB" typescript
	grep -qF "tty: 6144 bytes from sysfs" typescript
}

@test "usage" {
	one_card | machine
	for words in "" 01:00.0 "01:00.0 out more" "--source=file 01:00.0 out" "--source= 01:00.0 out" \
		"--what 01:00.0 out" "--source 01:00.0 out"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g dump $words
		has "$stderr" "usage: gpurom dump"
		same "$output" ""
	done
	same "$(writes)" ""
	nothing_written
}
