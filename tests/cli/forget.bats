#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom forget: a card that is gone for good leaves the record; its ROM files stay until gc.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

store() { echo "$R/var/lib/gpurom"; }
p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
p3=pci0000-uid0-01.3-00
of() { jq -r ".cards[\"$1\"]$2" "$(store)/cards.json"; }
link() { echo "$(store)/by-path/$1.rom"; }
state_of_store() { (cd "$(store)" && find . -printf '%p %y %i %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }
# at BUS PORT IDS [key=value...]: a card on that bus behind the root port 00:01.PORT.
setup() {
	cli_setup
	cd "$T" || return
	rom a.rom 10de:2204 94.02.42.80.01
	rom b.rom 10de:2204 94.02.42.80.02
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }
sold() {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	at 2 2 10de:2206 rom=other.rom | a_boot 2
}

@test "a card that is not here: its record and links go, its ROM stays until gc" {
	sold
	then=$(of $p1 .last_seen)
	run --separate-stderr g forget $p1
	same "$status $stderr" "0 "
	same "$output" "$p1: forgotten: 10de:2204 of 1462:3896, last seen on $then; its ROM files stay until 'gpurom gc'"
	same "$(of $p1 '')" null
	[ ! -L "$(link $p1)" ]
	[ ! -L "$(store)/by-id/10de-2204-1462-3896.rom" ]
	cmp a.rom "$(store)/roms/$(sha a.rom).rom"
	cmp other.rom "$(link $p2)"
	[ -L "$(store)/by-id/10de-2206-1462-3896.rom" ]
	g verify
	has "$(g gc)" "roms/$(sha a.rom).rom"
	at 2 2 10de:2206 rom=other.rom | a_boot 3
	same "$(g report --json | jq -c '.missing // []')" '[]'
	run -1 g resolve $p1
	lacks "$output" "last seen"
}

@test "where a function cannot be read, it may be here" {
	sold
	{
		at 2 2 10de:2206 rom=other.rom
		at 1 1 10de:2204 vanish=1
	} | machine
	run -1 g forget $p1
	has "$output" "1 PCI functions cannot be read, and one may be this card: nothing was changed"
	[ -L "$(link $p1)" ]
	[ "$(of $p1 '')" != null ]
}

@test "by its old address" {
	sold
	g forget 01:00.0
	same "$(of $p1 '')" null
}

@test "a card that is here is not forgotten, whatever it is called" {
	sold
	state_of_store >before
	for name in $p2 02:00.0; do
		run -1 g forget "$name"
		has "$output" "gpurom: $name: the card of $p2 is here, at 0000:02:00.0: only a card that is not here can be forgotten"
	done
	run -1 g forget $p3
	has "$output" "gpurom: $p3: the record has no card of that name"
	run -1 g forget "${p1%0}1"
	has "$output" "gpurom: ${p1%0}1: the record has no card of that name; did you mean $p1? 'gpurom list' lists the paths"
	diff before <(state_of_store)
}

@test "another model in its place does not keep it" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 1 10de:2206 rom=other.rom | machine
	g forget $p1
	same "$(of $p1 '')" null
	[ ! -L "$(link $p1)" ]
}

@test "the model's link stays for a twin that has the same ROM; the old place's link goes" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2204 rom=a.rom
	} | a_boot 1
	at 2 2 10de:2204 rom=a.rom | a_boot 2
	g forget $p1
	cmp a.rom "$(store)/by-id/10de-2204-1462-3896.rom"
	cmp a.rom "$(link $p2)"
	rm -r "$(store)"
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 3 10de:2204 rom=a.rom | a_boot 2
	[ -L "$(link $p1)" ]
	at 2 2 10de:2206 rom=other.rom | a_boot 3
	g forget $p3
	[ ! -L "$(link $p1)" ]
	[ ! -L "$(link $p3)" ]
	g verify
}

@test "no other card may be it any more" {
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2204 rom=a.rom
	} | a_boot 1
	at 3 3 10de:2204 rom=a.rom | a_boot 2
	same "$(of $p3 '.maybe | join(" ")')" "$p1 $p2"
	g forget $p1
	same "$(of $p3 '.maybe | join(" ")')" $p2
	g forget $p2
	same "$(of $p3 .maybe) $(of $p3 .identity)" "null new"
}

@test "a place that both of two twins left: its link stays for the other" {
	for n in 1 2 3; do
		at "$n" "$n" 10de:2204 rom=a.rom dsn=48-b0-2d-00-00-00-00-01 | a_boot "$n"
	done
	{
		at 3 3 10de:2204 rom=a.rom dsn=48-b0-2d-00-00-00-00-01
		at 2 2 10de:2204 rom=a.rom dsn=48-b0-2d-00-00-00-00-02
	} | a_boot 4
	{
		at 3 3 10de:2204 rom=a.rom dsn=48-b0-2d-00-00-00-00-01
		at 4 4 10de:2204 rom=a.rom dsn=48-b0-2d-00-00-00-00-02
	} | a_boot 5
	at 3 3 10de:2204 rom=a.rom dsn=48-b0-2d-00-00-00-00-01 | a_boot 6
	g forget pci0000-uid0-01.4-00
	cmp a.rom "$(link $p2)"
	g forget $p3 && fail "it is here"
	g verify
}

@test "a file in the link's place that is not ours stays" {
	sold
	rm "$(link $p1)"
	echo mine >"$(link $p1)"
	g forget $p1
	same "$(cat "$(link $p1)")" mine
	same "$(of $p1 '')" null
}

@test "a read-only disk: the record stays" {
	sold
	state_of_store >before
	mount --bind "$(store)" "$(store)"
	mount -o remount,ro,bind "$(store)"
	run g forget $p1
	umount "$(store)"
	same "$status" 1
	has "$output" "gpurom: /var/lib/gpurom: cannot be written (Read-only file system)"
	diff before <(state_of_store)
}

@test "usage" {
	for words in "" "a b" --what; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr g forget $words
		has "$stderr" "usage: gpurom forget PATH"
	done
}
