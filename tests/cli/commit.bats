#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# commit: what it tells of each card, boot after boot, and the record that it keeps.

load lib

store() { echo "$R/var/lib/gpurom"; }
record() { jq -r "$1" "$(store)/cards.json"; }
this_card() { record ".cards[\"pci0000-uid0-01.1-00\"]$1"; }

# boot_id N, then every step of a boot, the machine on the standard input.
a_boot() {
	rm -rf "$R/run/gpurom"
	: >"$R/dev/kmsg"
	mkdir -p "$R/proc/sys/kernel/random"
	echo "boot-$1" >"$R/proc/sys/kernel/random/boot_id"
	machine
	boot_steps
	step commit
}

setup() {
	cli_setup
	rom a.rom 10de:2204 94.02.42.80.01
	rom flashed.rom 10de:2204 94.02.42.80.77
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

@test "a new ROM: where it went, in the log, the report and the record" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	told "0000:01:00: ROM 94.02.42.80.01 stored: /var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom"
	same "$(report .stored)" "/var/lib/gpurom: 1 new, 0 kept, 0 without ROM"
	same "$(this_card .rom.sha256)" "$(sha "$T/a.rom")"
	same "$(this_card .ids) $(this_card .subsystem)" "10de:2204 1462:3896"
	same "$(this_card .address) $(this_card .state)" "0000:01:00.0 bound"
	same "$(this_card .by_id)" 10de-2204-1462-3896
	cmp "$(store)/by-id/10de-2204-1462-3896.rom" "$T/a.rom"
	same "$(stat -c %a "$(store)" "$(store)/roms" "$(store)/cards.json" "$(store)/roms/"*.rom | xargs)" \
		"755 755 644 644"
}

@test "names in the store hold a-z 0-9 . _ - only" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	run find "$(store)" -mindepth 1 -regextype posix-extended ! -regex '.*/[a-z0-9._-]+'
	same "$output" ""
}

@test "the same ROM again, and none this time: the stored one" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	card 1 10de:2204 rom=a.rom | a_boot 2
	told "0000:01:00: ROM 94.02.42.80.01 is the stored one"
	same "$(report .stored)" "/var/lib/gpurom: 0 new, 1 kept, 0 without ROM"
	card 1 10de:2204 rom=a.rom rom_eio=1 | a_boot 3
	told "0000:01:00: the stored ROM, 94.02.42.80.01, stays"
	same "$(this_card .first_seen | cut -c1-2) $(this_card .last_boot)" "20 boot-3"
	same "$(this_card .rom.first_boot)" boot-1
}

@test "a flashed card: both ROMs are kept, the links stay, the change is reported" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	card 1 10de:2204 rom=flashed.rom | a_boot 2
	told "0000:01:00: ROM changed since $(this_card .rom.first_seen): was 94.02.42.80.01, is 94.02.42.80.77 now"
	cmp "$(romfile 1)" "$T/a.rom"
	cmp "$(store)/roms/$(sha "$T/flashed.rom").rom" "$T/flashed.rom"
	same "$(this_card '.other_roms[].sha256')" "$(sha "$T/flashed.rom")"
}

@test "another card in the slot: its own ROM, and the one before stays in the store" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	card 1 10de:2206 rom=other.rom | a_boot 2
	told "0000:01:00: replaced: another card was here before, 10de:2204, until "
	cmp "$(romfile 1)" "$T/other.rom"
	cmp "$(store)/roms/$(sha "$T/a.rom").rom" "$T/a.rom"
	same "$(this_card .ids) $(this_card '.previous[0].ids')" "10de:2206 10de:2204"
}

@test "another card in the slot, without a ROM: it is not given the one before" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	card 1 10de:2206 rom=other.rom rom_eio=1 | a_boot 2
	told "0000:01:00: no ROM to store"
	[ ! -L "$(romfile 1)" ]
	same "$(g list --json | jq -r '.[0].romfile')" null
	cmp "$(store)/roms/$(sha "$T/a.rom").rom" "$T/a.rom"
}

@test "a corrupt record: put aside by name, begun anew, no ROM lost" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	echo '{"version": 1, "cards": {' >"$(store)/cards.json"
	card 1 10de:2204 rom=a.rom rom_eio=1 | a_boot 2
	told "put aside as cards.json.corrupt-1"
	same "$(cat "$(store)/cards.json.corrupt-1")" '{"version": 1, "cards": {'
	same "$(this_card .rom.sha256)" "$(sha "$T/a.rom")"
	cmp "$(romfile 1)" "$T/a.rom"
}

@test "a record of a newer gpurom: not a byte of the store is changed" {
	mkdir -p "$(store)"
	echo '{"version": 7}' >"$(store)/cards.json"
	card 1 10de:2204 rom=a.rom | a_boot 1
	told "cards.json was written by a newer gpurom"
	same "$(cat "$(store)/cards.json")" '{"version": 7}'
	same "$(find "$(store)" -name '*.rom')" ""
	cmp "$R/run/gpurom/store/by-path/pci0000-uid0-01.1-00.rom" "$T/a.rom"
}

@test "once the store can be written, what lay under /run moves there" {
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	card 1 10de:2204 rom=a.rom | a_boot 1
	has "$(report .stored)" "/run/gpurom/store: 1 new"
	rm "$R/var/lib"
	step commit
	cmp "$(romfile 1)" "$T/a.rom"
	same "$(g list --json | jq -r '.[0].romfile')" /var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom
	same "$(find "$R/run/gpurom/store/by-path" -type l)" ""
}

@test "no room on the disk: the old state is whole, a later commit finishes" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	cp -a "$(store)" "$T/before"
	card 1 10de:2206 rom=other.rom | (
		rm -rf "$R/run/gpurom"
		machine
		boot_steps
	)
	(
		trap '' XFSZ
		ulimit -f 4
		step commit
	)
	diff -r --no-dereference "$T/before" "$(store)"
	step commit
	cmp "$(romfile 1)" "$T/other.rom"
}

@test "Proxmox's folder: a link to the store, laid once, replaced where it led to another; no folder, no link" {
	kvm=$R/usr/share/kvm
	card 1 10de:2204 rom=a.rom | a_boot 1
	[ ! -e "$R/usr" ]
	mkdir -p "$kvm"
	card 1 10de:2204 rom=a.rom | a_boot 2
	same "$(readlink "$kvm/gpurom")" /var/lib/gpurom/by-path
	untold /usr/share/kvm
	ln -sfn /srv/roms/by-path "$kvm/gpurom"
	step commit
	same "$(readlink "$kvm/gpurom")" /var/lib/gpurom/by-path
}

@test "Proxmox's folder: what is not ours there stays and is reported; the store is served all the same" {
	kvm=$R/usr/share/kvm
	mkdir -p "$kvm"
	ln -s /srv/others "$kvm/gpurom"
	card 1 10de:2204 rom=a.rom | a_boot 1
	same "$(readlink "$kvm/gpurom")" /srv/others
	told "/usr/share/kvm/gpurom is not gpurom's: Proxmox's romfile=gpurom/... does not lead to /var/lib/gpurom; move it away, then 'gpurom commit'"
	same "$(report .stored)" "/var/lib/gpurom: 1 new, 0 kept, 0 without ROM"
	rm "$kvm/gpurom"
	echo mine >"$kvm/gpurom"
	step commit
	same "$(cat "$kvm/gpurom")" mine
}

@test "Proxmox's folder: where the store cannot be written no link is laid" {
	mkdir -p "$R/usr/share/kvm"
	echo 'no folder' >"$R/var/lib/gpurom"
	card 1 10de:2204 rom=a.rom | a_boot 1
	[ -s "$R/run/gpurom/store/by-path/pci0000-uid0-01.1-00.rom" ]
	[ ! -L "$R/usr/share/kvm/gpurom" ]
}

@test "two commits at once: each ends well, the store is whole" {
	card 1 10de:2204 rom=a.rom | machine
	boot_steps
	for ((i = 0; i < 8; i++)); do
		step commit &
	done
	wait
	cmp "$(romfile 1)" "$T/a.rom"
	same "$(this_card .rom.sha256)" "$(sha "$T/a.rom")"
	same "$(find "$(store)" -name '.tmp.*')" ""
}

@test "nothing taken, nothing to store" {
	onboard | machine
	cmdline gpurom.mode=off
	boot_steps
	run step commit
	[ "$status" -eq 0 ]
	[ ! -e "$(store)" ]
}

@test "usage" {
	for words in --what extra; do
		run -2 g commit "$words"
		has "$output" "usage: gpurom commit"
	done
}
