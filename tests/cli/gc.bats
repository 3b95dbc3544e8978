#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom gc: only what nothing refers to goes, and only where that can be known.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom flashed.rom 10de:2204 94.02.42.80.77
	rom other.rom 10de:2206 94.02.26.40.99
	head -c 4096 /dev/zero | cat a.rom - >long.rom
}
teardown() { cli_teardown; }
state_of_store() { (cd "$(store)" && find . -printf '%p %y %i %T@ %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }
# A romfile and a raw reading that nothing names.
litter() {
	put_rom "$1"
	cp "$1" "$(store)/raw/$(sha "$1").bin"
}
put_rom() { cp "$1" "$(store)/roms/$(sha "$1").rom"; }
rom_of_store() { [ -e "$(store)/roms/$(sha "$1").rom" ]; }
gone() { [ ! -e "$(store)/roms/$(sha "$1").rom" ]; }

@test "unreferenced files: reported with their sizes, and gone" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	litter other.rom
	size=$(stat -c %s other.rom)
	run --separate-stderr g gc --dry-run
	[ "$status" -eq 0 ]
	same "$stderr" ""
	same "${lines[0]}" "$(printf '%10d  /var/lib/gpurom/raw/%s.bin' "$size" "$(sha other.rom)")"
	same "${lines[1]}" "$(printf '%10d  /var/lib/gpurom/roms/%s.rom' "$size" "$(sha other.rom)")"
	same "${lines[2]}" "/var/lib/gpurom: 2 files, $((2 * size)) bytes would be removed"
	rom_of_store other.rom
	run g gc
	[ "$status" -eq 0 ]
	has "$output" "/var/lib/gpurom: 2 files, $((2 * size)) bytes removed"
	gone other.rom
	[ ! -e "$(store)/raw/$(sha other.rom).bin" ]
	rom_of_store a.rom
	g verify
	run g gc
	same "$output" "/var/lib/gpurom: nothing to remove: each file is referred to"
}

@test "--dry-run: not a name, byte or time is changed, on a read-only disk as well" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	litter other.rom
	: >"$(store)/.tmp.1.1"
	state_of_store >before
	mount --bind "$(store)" "$(store)"
	mount -o remount,ro,bind "$(store)"
	run g gc --dry-run
	umount "$(store)"
	[ "$status" -eq 0 ]
	has "$output" "2 files"
	g gc --dry-run
	diff before <(state_of_store)
}

@test "--json" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	put_rom other.rom
	run --separate-stderr g gc --dry-run --json
	[ "$status" -eq 0 ]
	same "$(jq -c '[.store, .dry_run, .bytes]' <<<"$output")" \
		"[\"/var/lib/gpurom\",true,$(stat -c %s other.rom)]"
	same "$(jq -r '.files[].file' <<<"$output")" "roms/$(sha other.rom).rom"
	same "$(g gc --json | jq -c '[.dry_run, (.files | length)]')" "[false,1]"
	gone other.rom
}

@test "what the record names stays, however deep: raw, kept beside, of the card before, last read" {
	card 1 10de:2204 rom=long.rom | a_boot 1
	card 1 10de:2204 rom=flashed.rom | a_boot 2
	card 1 10de:2206 rom=other.rom | a_boot 3
	printf 'A reading of no card' >odd
	cp odd "$(store)/raw/$(sha odd).bin"
	jq --arg h "$(sha odd)" '.cards[].what.a.later = [{gpurom: ("sha256:" + $h)}]' "$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	state_of_store | grep -v ' d ' >before
	run g gc
	[ "$status" -eq 0 ]
	has "$output" "nothing to remove"
	same "$(find "$(store)/roms" -type f | wc -l) $(find "$(store)/raw" -type f | wc -l)" "3 2"
	diff before <(state_of_store | grep -v ' d ')
}

@test "what a link names stays, whoever made the link" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	for n in 1 2 3 4; do
		rom "l$n.rom" 10de:2204 "94.02.42.80.$n$n"
		put_rom "l$n.rom"
	done
	ln -s "../roms/$(sha l1.rom).rom" "$(store)/by-path/pci0000-uid0-03.0-00.rom"
	ln -s "../roms/$(sha l2.rom).rom" "$(store)/by-id/10de-2204-1462-3896-2.rom"
	ln -s "/var/lib/gpurom/roms/$(sha l3.rom).rom" "$(store)/by-path/My GPU.rom"
	ln -s "roms/$(sha l4.rom).rom" "$(store)/handy"
	run g gc
	has "$output" "nothing to remove"
	rm "$(store)/handy"
	run g gc
	has "$output" "roms/$(sha l4.rom).rom"
	rom_of_store l1.rom
	rom_of_store l2.rom
	rom_of_store l3.rom
}

@test "foreign files are never touched" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	h=$(sha other.rom)
	echo mine >"$(store)/roms/notes.txt"
	cp other.rom "$(store)/roms/$h.rom.bak"
	cp other.rom "$(store)/roms/${h^^}.rom"
	mkdir "$(store)/roms/$h.rom"
	ln -s /etc/passwd "$(store)/raw/$h.bin"
	echo mine >"$(store)/$h.rom"
	state_of_store >before
	run g gc
	[ "$status" -eq 0 ]
	has "$output" "nothing to remove"
	diff before <(state_of_store)
}

@test "a corrupt record that was put aside: refused, until it is looked at" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	echo '{"version": 1, "cards": {' >"$(store)/cards.json"
	card 1 10de:2204 rom=a.rom | a_boot 2
	put_rom other.rom
	for dry in "" --dry-run; do
		# shellcheck disable=SC2086 # a word or none
		run -3 --separate-stderr g gc $dry
		has "$stderr" "gpurom: /var/lib/gpurom: cards.json.corrupt-1 was put aside as corrupt"
		has "$stderr" "nothing was removed"
	done
	rom_of_store other.rom
	mv "$(store)/cards.json.corrupt-1" .
	g gc
	gone other.rom
}

@test "no record, a corrupt one, a newer gpurom's: nothing is removed" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	put_rom other.rom
	echo '{' >"$(store)/cards.json"
	run -1 g gc
	has "$output" "gpurom: /var/lib/gpurom/cards.json: corrupt: nothing was changed; 'gpurom commit' sets it aside"
	echo '{"version": 77}' >"$(store)/cards.json"
	run -1 g gc
	has "$output" "cards.json: written by a newer gpurom"
	rm "$(store)/cards.json"
	run -3 g gc
	has "$output" "there is no cards.json"
	rom_of_store other.rom
}

@test "no store; one that cannot be written; one that is locked: a sentence each" {
	onboard | machine
	run -1 g gc
	same "$output" "gpurom: /var/lib/gpurom: no store there: nothing was ever stored"
	[ ! -e "$(store)" ]
	card 1 10de:2204 rom=a.rom | a_boot 1
	put_rom other.rom
	mount --bind "$(store)" "$(store)"
	mount -o remount,ro,bind "$(store)"
	run g gc
	umount "$(store)"
	same "$status" 1
	has "$output" "gpurom: /var/lib/gpurom: Read-only file system: 0 of 1 files were removed"
	rom_of_store other.rom
	flock "$(store)/.lock" sleep 1 3>&- &
	sleep 0.2
	start=$(now_ms)
	g gc
	[ $(($(now_ms) - start)) -ge 500 ]
	wait
	gone other.rom
}

@test "where nothing is at the configured place, the volatile store" {
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	card 1 10de:2204 rom=a.rom | a_boot 1
	rm "$R/var/lib"
	cp other.rom "$R/run/gpurom/store/roms/$(sha other.rom).rom"
	run g gc
	[ "$status" -eq 0 ]
	has "$output" "/run/gpurom/store: 1 file, "
	[ ! -e "$R/run/gpurom/store/roms/$(sha other.rom).rom" ]
	[ -e "$R/run/gpurom/store/roms/$(sha a.rom).rom" ]
}

@test "usage" {
	for words in extra --what; do
		run -2 g gc $words
		has "$output" "usage: gpurom gc [--dry-run] [--json]"
	done
}
