#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom resolve: any name that a card has or had, and the address that it has now.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
p3=pci0000-uid0-01.3-00

# at BUS PORT IDS [key=value...]: a card on that bus behind the root port 00:01.PORT.
setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom b.rom 10de:2204 94.02.42.80.02
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

# is NAME ADDRESS: that alone, and nothing to warn of.
is() {
	run --separate-stderr g resolve "$1"
	same "$status $output" "0 $2"
	same "$stderr" ""
}
# warns NAME ADDRESS TEXT: that alone on standard output.
warns() {
	run --separate-stderr g resolve "$1"
	same "$status $output" "0 $2"
	has "$stderr" "gpurom: $1: warning: "
	has "$stderr" "$3"
}
# gone NAME TEXT
gone() {
	run --separate-stderr g resolve "$1"
	same "$status $output" "1 "
	has "$stderr" "gpurom: $1: "
	has "$stderr" "$2"
}

@test "every name of now: the display's address, with domain, alone; no store is needed" {
	{
		at 1 1 10de:2204 slot=3 dsn=48-b0-2d-ff-fe-01-02-03
		at 2 2 10de:2206
	} | machine
	for name in $p1 path:$p1 01:00.0 01:00 0000:01:00.0 01:00.1 10de:2204 slot:3 \
		serial:48-b0-2d-ff-fe-01-02-03 48-B0-2D-FF-FE-01-02-03; do
		is "$name" 0000:01:00.0
	done
	is $p2 0000:02:00.0
	gone 05:00.0 "no such card; 'gpurom list' shows them"
	gone pci0000-uid0-07.0-00 "not a selector"
	gone nvidia "it names 2 cards"
	[ ! -e "$(store)" ]
}

@test "a name with one character too few, too many or wrong: the right one, if it is one card's" {
	{
		at 1 1 10de:2204 dsn=48-b0-2d-ff-fe-01-02-03
		at 4 2 10de:2206
	} | machine
	# means NAME RIGHT
	means() { gone "$1" "; did you mean $2?"; }
	means 11:00.0 01:00.0
	means 0000:04:10.0 0000:04:00.0
	means 0000:010:00 0000:01:00
	means ${p1%?} $p1
	means ${p1}0 $p1
	means 48-b0-2d-ff-fe-01-02-04 48-b0-2d-ff-fe-01-02-03
	means 48-b0-2d-ff-fe-01-2-03 48-b0-2d-ff-fe-01-02-03
	for far in 05:00.0 0000:77:00.0 pci0000-uid0 ""; do
		run --separate-stderr g resolve "$far"
		[ "$status" -eq 1 ]
		lacks "$stderr" "did you mean"
	done
	# Every command that takes a card says the same.
	run g snippet ${p1%?} --qemu
	has "$output" "did you mean $p1?"
}

@test "renumbered: the path as it was, the old address with a warning that says since when" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	then=$(jq -r ".cards[\"$p1\"].last_seen" "$(store)/cards.json")
	at 4 1 10de:2204 rom=a.rom | a_boot 2
	is $p1 0000:04:00.0
	is 04:00.0 0000:04:00.0
	for old in 01:00.0 0000:01:00.0 01:00 01:00.1; do
		warns $old 0000:04:00.0 "an old address, true until $then: it is $p1, at 0000:04:00.0 now"
	done
	# The same for those that take a card.
	run --separate-stderr g snippet 01:00.0 --qemu
	[ "$status" -eq 0 ]
	has "$output" "host=0000:04:00.0"
	has "$stderr" "warning: an old address"
}

@test "renumbered, and commit did not run yet" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 4 1 10de:2204 rom=a.rom | machine
	is $p1 0000:04:00.0
	warns 01:00.0 0000:04:00.0 "an old address"
}

@test "an address that was another card's: the one of now, with a warning" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	{
		at 2 1 10de:2204 rom=a.rom
		at 3 2 10de:2206 rom=other.rom
	} | a_boot 2
	warns 02:00.0 0000:02:00.0 "this named the card of $p2, at 0000:03:00.0 now"
	is 03:00.0 0000:03:00.0
	is $p1 0000:02:00.0
	is $p2 0000:03:00.0
}

@test "moved: the old path leads to the new place, and once it is another's the new one wins" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 3 10de:2204 rom=a.rom | a_boot 2
	warns $p1 0000:01:00.0 "an old path name, true until "
	warns $p1 0000:01:00.0 "it is $p3, at 0000:01:00.0 now"
	is $p3 0000:01:00.0
	{
		at 1 3 10de:2204 rom=a.rom
		at 2 1 10de:2206 rom=other.rom
	} | a_boot 3
	warns $p1 0000:02:00.0 "this named the card of $p3, at 0000:01:00.0 now"
}

@test "a card that is not here: where and when it was seen last" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	then=$(jq -r ".cards[\"$p1\"].last_seen" "$(store)/cards.json")
	at 2 2 10de:2206 rom=other.rom | a_boot 2
	for name in $p1 path:$p1 01:00.0 01:00; do
		gone "$name" "the card of $p1 is not here; it was last seen on $then at 0000:01:00.0"
	done
	run -1 g snippet $p1 --qemu
	has "$output" "was last seen on $then"
}

@test "another model in the slot, and commit did not run yet: reported" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 1 10de:2206 rom=other.rom | machine
	warns $p1 0000:01:00.0 "another model, 10de:2204, was here until "
}

@test "ambiguous: printed, and what settles it" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2204 rom=b.rom
	} | a_boot 1
	{
		at 1 1 10de:2204 rom=b.rom
		at 2 2 10de:2204 rom=a.rom
	} | a_boot 2
	warns $p1 0000:01:00.0 "'gpurom remap $p2 $p1' if it is the card of $p2"
	warns $p1 0000:01:00.0 "'gpurom remap $p1 $p1' if it is itself"
	# One elsewhere, of which no ROM was read: the missing card may be that one.
	rm -r "$(store)"
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 3 10de:2204 rom=b.rom rom_eio=1 | a_boot 2
	warns $p3 0000:01:00.0 "'gpurom remap $p1 $p3' if it is the card of $p1"
	gone $p1 "'gpurom remap $p1 $p3' if it is the card that is at $p3 now"
}

@test "by slot and serial number, and of a card that is not here" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	jq ".cards[\"$p1\"].slot = \"5\" | .cards[\"$p1\"].serial = \"48-b0-2d-ff-fe-01-02-03\"" \
		"$(store)/cards.json" >edited
	cp edited "$(store)/cards.json"
	at 2 2 10de:2206 rom=other.rom | machine
	for name in slot:5 serial:48-b0-2d-ff-fe-01-02-03 48-B0-2D-FF-FE-01-02-03; do
		gone "$name" "the card of $p1 is not here"
	done
	gone slot:6 "no such card"
}

@test "a record that cannot be read is no reason to fail for a name of now" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	echo '{' >"$(store)/cards.json"
	is $p1 0000:01:00.0
	echo '{"version": 77}' >"$(store)/cards.json"
	is 01:00.0 0000:01:00.0
	gone 05:00.0 "no such card"
}

@test "usage" {
	for words in "" "a b" --what; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g resolve $words
		has "$stderr" "usage: gpurom resolve NAME"
	done
}
