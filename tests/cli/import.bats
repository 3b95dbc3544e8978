#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom import: a ROM file becomes a card's, if it is the card's; by the rules of a boot's reading.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
name=pci0000-uid0-01.1-00
this_card() { jq -r ".cards[\"$name\"]$1" "$(store)/cards.json"; }

# x86 NAME WORD...: a ROM of one image, of these words.
x86() {
	local file=$1
	shift
	"$MKROM" <(printf 'image x86 %s last\n' "$*") "$T/$file"
}
# One byte off: a sum that is wrong, which is usable.
spoil() {
	cp "$1" "$2"
	printf '\x01' | dd of="$2" bs=1 seek=1024 conv=notrunc status=none
}
setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom new.rom 10de:2204 94.02.42.80.77
	rom other.rom 10de:2206 94.02.26.40.99
	spoil new.rom usable.rom
}
teardown() { cli_teardown; }
one_card() { card 1 10de:2204 rom=a.rom "$@"; }
nothing_stored() { [ ! -e "$(store)" ] && [ ! -e "$R/run/gpurom/store" ]; }
state_of_store() { (cd "$(store)" && find . -printf '%p %y %i %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }
g_import() { g import --card=01:00.0 "$@"; }

@test "a card that this boot did not take: stored, shown, and whence it came" {
	one_card driver=nouveau | machine
	mkdir saved
	cp new.rom saved/gpu-z.rom
	run --separate-stderr g_import saved/gpu-z.rom
	[ "$status" -eq 0 ]
	same "$output" "0000:01:00.0: ROM 94.02.42.80.77 imported: /var/lib/gpurom/by-path/$name.rom"
	cmp new.rom "$(romfile 1)"
	cmp new.rom "$(store)/by-id/10de-2204-1462-3896.rom"
	same "$(this_card .rom.source) $(this_card .state)" "file left"
	same "$(this_card .rom.imported.file)" gpu-z.rom
	same "$(this_card .rom.imported.mismatch | jq -c)" '[]'
	[[ $(this_card .rom.imported.when) == 20??-??-??T??:??:??Z ]]
	same "$(this_card .reading)" null
	same "$(writes)" ""
	g verify
	has "$(g snippet 01:00.0 --libvirt)" "/var/lib/gpurom/by-path/$name.rom"
}

@test "a card that this boot took: its state is the boot's, and so is its reading" {
	one_card rom_eio=1 | a_boot 1
	g_import new.rom
	cmp new.rom "$(romfile 1)"
	same "$(this_card .state)" bound
	same "$(this_card .reading.source)" sysfs
	same "$(writes)" ""
}

@test "trimmed as a reading is, and kept as it came" {
	one_card | machine
	"$MKROM" "$top/tests/rom/good/nvgi-v2.txt" nvgi.rom
	ids=$(g show --json nvgi.rom | jq -r '.images[0] | .vendor + ":" + .device')
	card 2 "$ids" | machine
	g import --card=02:00.0 --allow-mismatch=subsystem nvgi.rom
	g trim nvgi.rom want
	cmp want "$(romfile 2)"
	cmp nvgi.rom "$(store)/raw/$(sha nvgi.rom).bin"
	head -c 4096 /dev/zero | cat new.rom - >tail.rom
	echo trim=head >"$R/etc/gpurom.conf"
	one_card | machine
	g_import tail.rom
	cmp tail.rom "$(romfile 1)"
}

@test "again: the stored one, and nothing changes" {
	one_card | machine
	g_import new.rom
	state_of_store >before
	run g_import new.rom
	[ "$status" -eq 0 ]
	same "$output" "0000:01:00.0: ROM 94.02.42.80.77 is the stored one: nothing to import"
	g_import --replace new.rom
	diff before <(state_of_store)
}

@test "the ROM that a boot read: the stored one, whose source stays" {
	one_card | a_boot 1
	state_of_store >before
	run g_import a.rom
	[ "$status" -eq 0 ]
	has "$output" "is the stored one"
	diff before <(state_of_store)
	same "$(this_card .rom.source) $(this_card .rom.imported)" "sysfs null"
}

@test "another one than is shown: kept beside, the links stay" {
	one_card | a_boot 1
	run g_import new.rom
	[ "$status" -eq 0 ]
	has "$output" "ROM 94.02.42.80.77 imported, and kept beside 94.02.42.80.01, which the links go on to show"
	cmp a.rom "$(romfile 1)"
	cmp new.rom "$(store)/roms/$(sha new.rom).rom"
	same "$(this_card '.other_roms[0].imported.file') $(this_card .rom.imported)" "new.rom null"
	state_of_store >before
	g_import new.rom
	diff before <(state_of_store)
}

@test "--replace: the links show it, the one before is kept beside, and a boot does not undo it" {
	one_card | a_boot 1
	run g_import --replace new.rom
	[ "$status" -eq 0 ]
	has "$output" "ROM 94.02.42.80.77 imported: /var/lib/gpurom/by-path/$name.rom shows it in the place of 94.02.42.80.01 ($(sha a.rom | cut -c1-12)), which is kept beside"
	cmp new.rom "$(romfile 1)"
	cmp a.rom "$(store)/roms/$(sha a.rom).rom"
	same "$(this_card .rom.sha256) $(this_card '.other_roms[0].sha256')" "$(sha new.rom) $(sha a.rom)"
	g verify
	one_card | a_boot 2
	cmp new.rom "$(romfile 1)"
	same "$(this_card .rom.imported.file)" new.rom
	# And back.
	g_import --replace a.rom
	cmp a.rom "$(romfile 1)"
	same "$(this_card '.other_roms | map(.sha256) | join(" ")')" "$(sha new.rom)"
}

@test "a worse one is refused; --replace takes it, and says so" {
	one_card | a_boot 1
	state_of_store >before
	run -1 --separate-stderr g_import usable.rom
	has "${stderr_lines[-1]}" "gpurom: usable.rom: usable, where the stored ROM, 94.02.42.80.01, is complete: not imported"
	diff before <(state_of_store)
	run --separate-stderr g_import --replace usable.rom
	[ "$status" -eq 0 ]
	has "$stderr" "warning: it is usable, the one before was complete"
	cmp usable.rom "$(romfile 1)"
	same "$(this_card .rom.verdict)" usable
}

@test "all that differs in one go; nothing is stored" {
	x86 alien.rom ids=1002:6798 class=020000 subsystem=1043:1234
	one_card | machine
	run -1 --separate-stderr g_import alien.rom
	has "$stderr" "alien.rom: vendor: the ROM is for 1002, the card is 10de"
	has "$stderr" "alien.rom: device: the ROM is for 6798, the card is 2204"
	has "$stderr" "alien.rom: class: the ROM is for 020000, the card is 030000"
	has "${stderr_lines[-1]}" "gpurom: alien.rom: not the ROM of 0000:01:00.0: nothing was stored; --allow-mismatch=vendor,device"
	has "${stderr_lines[-1]}" ",class takes it all the same"
	nothing_stored
	# Each of them is needed.
	run -1 g_import --allow-mismatch=vendor,device alien.rom
	has "$output" "device: the ROM is for 6798, the card is 2204 (allowed)"
	run -1 g_import --allow-mismatch=device,class,subsystem alien.rom
	run -1 g_import --allow-mismatch=vendor,class,subsystem alien.rom
	nothing_stored
	g_import --allow-mismatch=vendor,device,subsystem,class alien.rom
	cmp alien.rom "$(romfile 1)"
}

@test "a file that names no card fits none by itself, nor does the half of one with another's EFI image pass silently" {
	one_card | machine
	x86 nameless.rom ids=0000:0000
	run g_import nameless.rom
	[ "$status" -eq 1 ]
	has "$output" "device: the ROM is for 0000, the card is 2204"
	nothing_stored
	"$MKROM" <(printf 'image efi ids=0000:0000 class=000000 last\n') "$T/efi.rom"
	run -1 g_import efi.rom
	"$MKROM" <(printf '%s\n' 'image x86 ids=10de:2204' 'image efi ids=10de:2206 class=000000 last') "$T/half.rom"
	run --separate-stderr g_import half.rom
	[ "$status" -eq 0 ]
	has "$stderr" "its EFI image another card's: 10de:2206"
	same "$(this_card .rom.verdict)" usable
	run g_import --allow-mismatch=device --replace nameless.rom
	[ "$status" -eq 0 ]
	same "$(this_card .rom.imported.mismatch | jq -c)" '["device"]'
}

@test "--allow-mismatch=device: reported, usable at best, and in the record" {
	one_card | machine
	run -1 g_import other.rom
	has "$output" "other.rom: device: the ROM is for 2206, the card is 2204"
	run --separate-stderr g_import --allow-mismatch=device other.rom
	[ "$status" -eq 0 ]
	has "$stderr" "other.rom: device: the ROM is for 2206, the card is 2204 (allowed)"
	has "$stderr" "other.rom: warning: ROM of another card"
	same "$(this_card .rom.verdict)" usable
	same "$(this_card .rom.imported.mismatch | jq -c)" '["device"]'
	# A boot that reads the card's own does not lose it, nor lets it be lost.
	one_card | a_boot 2
	cmp other.rom "$(romfile 1)"
	same "$(this_card '.other_roms[0].source')" sysfs
}

@test "the same vendor's device, of another vendor's ROM" {
	x86 alien.rom ids=1002:2204
	one_card | machine
	run -1 --separate-stderr g_import alien.rom
	has "$stderr" "vendor: the ROM is for 1002, the card is 10de"
	lacks "$stderr" "device: the ROM is for"
}

@test "subsystem: another board is a mismatch, a generic one and none at all are not" {
	one_card | machine
	"$MKROM" <(printf 'image x86 ids=10de:2204\nnpde subsystem=1043:1234\nimage efi ids=10de:2204 last\nnpde version=0x100\n') board.rom
	has "$(g show --json board.rom | jq -r .subsystem)" 1043:1234
	run -1 g_import board.rom
	has "$output" "board.rom: subsystem: the ROM is for 1043:1234, the card is 1462:3896"
	has "$output" "--allow-mismatch=subsystem takes it"
	nothing_stored
	g_import --allow-mismatch=subsystem board.rom
	same "$(this_card .rom.imported.mismatch | jq -c)" '["subsystem"]'
	"$MKROM" <(printf 'image x86 ids=10de:2204\nnpde subsystem=10de:0000\nimage efi ids=10de:2204 last\nnpde version=0x100\n') generic.rom
	run g_import generic.rom
	[ "$status" -eq 0 ]
	has "$output" "a generic id, usual in laptops"
	x86 plain.rom ids=10de:2204
	same "$(g show --json plain.rom | jq -r .subsystem)" null
	run g_import plain.rom
	[ "$status" -eq 0 ]
	has "$output" "the ROM does not state its subsystem"
}

@test "a device that the ROM's list has is no mismatch" {
	x86 list.rom ids=10de:2206 revision=3 devices=2204,2205
	one_card | machine
	g_import list.rom
	cmp list.rom "$(romfile 1)"
}

@test "rejected: no mismatch allows it" {
	one_card | machine
	head -c 3000 new.rom >cut.rom
	: >empty.rom
	for file in cut.rom empty.rom; do
		run -1 --separate-stderr g_import --allow-mismatch=vendor,device,subsystem,class --replace $file
		has "${stderr_lines[-1]}" "gpurom: $file: rejected: "
	done
	head -c 3000 other.rom >cut2.rom
	run -1 g_import --allow-mismatch=vendor,device,subsystem,class cut2.rom
	has "$output" "gpurom: cut2.rom: rejected: "
	run -1 g_import missing.rom
	has "$output" "gpurom: missing.rom: No such file"
	truncate -s $(((16 << 20) + 1)) big.rom
	run -1 g_import big.rom
	has "$output" "gpurom: big.rom: larger than any ROM"
	nothing_stored
}

@test "another card was here before: its ROM is not shown for this one" {
	one_card | a_boot 1
	card 1 10de:2206 | machine
	run --separate-stderr g_import other.rom
	[ "$status" -eq 0 ]
	has "$stderr" "another card was here before"
	cmp other.rom "$(romfile 1)"
	same "$(this_card '.previous[0].ids')" 10de:2204
}

@test "twins: each has its own, under its own name" {
	{
		card 1 10de:2204
		card 2 10de:2204
	} | machine
	g import --card=01:00.0 a.rom
	g import --card=02:00.0 new.rom
	cmp a.rom "$(romfile 1)"
	cmp new.rom "$(romfile 2)"
	cmp a.rom "$(store)/by-id/10de-2204-1462-3896.rom"
	cmp new.rom "$(store)/by-id/10de-2204-1462-3896-2.rom"
	run -1 g import --card=10de:2204 a.rom
	has "$output" "it names 2 cards"
	g verify
}

@test "what keys another version put there stay" {
	one_card | a_boot 1
	jq '.later = 1 | .cards[].pin = "mine"' "$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	g_import new.rom
	same "$(this_card .pin) $(jq .later "$(store)/cards.json")" "mine 1"
}

@test "where /var cannot be written: under /run, reported" {
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	one_card | machine
	run --separate-stderr g_import new.rom
	[ "$status" -eq 0 ]
	has "$stderr" "gpurom: /var/lib/gpurom: Not a directory; what is new is in /run/gpurom/store, until the next boot"
	has "$output" "imported: /run/gpurom/store/by-path/$name.rom"
	cmp new.rom "$R/run/gpurom/store/by-path/$name.rom"
	rm "$R/var/lib"
	g_import new.rom
	cmp new.rom "$(romfile 1)"
	[ ! -e "$R/run/gpurom/store/by-path/$name.rom" ]
}

@test "where /var cannot be written, but shows this card's ROM: not imported but to replace it" {
	one_card | a_boot 1
	mount --bind "$(store)" "$(store)"
	mount -o remount,ro,bind "$(store)"
	run g_import new.rom
	same "$status" 1
	has "$output" "gpurom: new.rom: /var/lib/gpurom cannot be written (Read-only file system), and shows a ROM of this card"
	run g_import --replace new.rom
	umount "$(store)"
	has "$output" "imported: /run/gpurom/store/by-path/$name.rom"
	cmp new.rom "$R/run/gpurom/store/by-path/$name.rom"
	cmp a.rom "$(romfile 1)"
	same "$(g list --json | jq -r '.[0].romfile')" "/run/gpurom/store/by-path/$name.rom"
}

@test "a file of that name that is not ours: left alone, reported, and again once it is gone" {
	one_card | machine
	mkdir -p "$(store)/by-path"
	echo mine >"$(romfile 1)"
	run -1 g_import new.rom
	has "$output" "gpurom: 0000:01:00.0: stored, but by-path/$name.rom was not made by gpurom: left alone; move it away"
	same "$(cat "$(romfile 1)")" mine
	rm "$(romfile 1)"
	g_import new.rom
	cmp new.rom "$(romfile 1)"
}

@test "another writer of the store is waited for" {
	one_card | a_boot 1
	flock "$(store)/.lock" sleep 1 3>&- &
	sleep 0.2
	start=$(now_ms)
	g_import new.rom
	[ $(($(now_ms) - start)) -ge 500 ]
	wait
	cmp new.rom "$(store)/roms/$(sha new.rom).rom"
}

@test "no room on the disk: the old state is whole" {
	one_card | a_boot 1
	state_of_store >before
	(
		trap '' XFSZ
		ulimit -f 4
		g_import --replace new.rom || :
	)
	diff <(grep -v '\.lock' before) <(state_of_store | grep -v '\.lock')
	cmp a.rom "$(romfile 1)"
}

@test "usage" {
	one_card | machine
	for words in "" a.rom "--card=01:00.0" "a.rom b.rom --card=01:00.0" "--what a.rom --card=01:00.0" \
		"--card=01:00.0 --allow-mismatch=all a.rom" "--card=01:00.0 --allow-mismatch= a.rom" \
		"--card=01:00.0 --allow-mismatch=vendor, a.rom"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g import $words
		has "$stderr" "usage: gpurom import"
	done
	nothing_stored
	run -1 g import --card=05:00.0 a.rom
	has "$output" "no such card"
}
