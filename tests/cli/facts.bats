#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a card is known by beside its place: its serial number, the physical slot that it stands in.

load lib

SERIAL=48-b0-2d-ff-fe-01-02-03

setup() { cli_setup; }
teardown() { cli_teardown; }

taken() { g plan --json --cmdline "gpurom.devices=$1" | jq -r '[.cards[] | select(.take) | .address] | join(" ")'; }
# cards KEYS...: card 1 with them, and a card without.
cards() {
	{
		onboard
		card 1 10de:2204 "$@"
		card 2 10de:2204
	} | machine
}

@test "a card is selected by its serial number, in either case, and kept by it" {
	cards dsn=$SERIAL
	same "$(taken serial:$SERIAL)" 0000:01:00.0
	has "$(g plan --cmdline gpurom.devices=serial:48-B0-2D-FF-FE-01-02-03)" "0000:01:00: take: selected (serial:48-B0"
	same "$(taken serial:48-b0-2d-ff-fe-01-02-04)" ""
	same "$(taken "nvidia gpurom.keep=serial:$SERIAL")" 0000:02:00.0
}

@test "a card is selected by its slot, and kept by it" {
	cards slot=3-1
	same "$(taken slot:3-1)" 0000:01:00.0
	same "$(taken slot:3)" ""
	same "$(taken "nvidia gpurom.keep=slot:3-1")" 0000:02:00.0
}

@test "a command's card is named by serial number, with and without its word, and by slot" {
	cards dsn=$SERIAL slot=7
	g snippet 01:00.0 --libvirt >"$T/want"
	for name in $SERIAL serial:$SERIAL 48-B0-2D-FF-FE-01-02-03 slot:7; do
		g snippet "$name" --libvirt | diff "$T/want" - || fail "$name"
	done
	run --separate-stderr g snippet 48-b0-2d-ff-fe-01-02-04 --libvirt
	[ "$status" -eq 1 ]
	has "$stderr" "no such card"
	run --separate-stderr g snippet 00-00-00-00-00-2d-b0-48 --libvirt
	[ "$status" -eq 1 ]
	has "$stderr" "every card of this kind has"
}

@test "two cards with one serial number: which is meant is asked" {
	{
		card 1 10de:2204 dsn=$SERIAL
		card 2 10de:2204 dsn=$SERIAL
	} | machine
	run --separate-stderr g snippet $SERIAL --libvirt
	[ "$status" -eq 1 ]
	has "$stderr" "it names 2 cards"
}

@test "only a display controller's extended configuration space is looked at" {
	{
		echo "fn 0000:01:00.0 10de:2204 030000"
		echo "fn 0000:01:00.1 10de:1aef 040300 dsn=$SERIAL"
	} | machine
	same "$(taken serial:$SERIAL)" ""
	same "$(taken nvidia)" 0000:01:00.0
}

@test "a device that lies about its capabilities has no serial number, and costs no time" {
	for lie in ff loop low end; do
		cards dsn=$lie
		within 5000 g plan >"$T/out" || fail "$lie"
		same "$lie: $(taken serial:$SERIAL)" "$lie: "
		same "$lie: $(taken nvidia)" "$lie: 0000:01:00.0 0000:02:00.0"
	done
}

@test "a number that a read without answer left in half is none" {
	cards dsn=ff-ff-ff-ff-fe-01-02-03
	same "$(taken serial:ff-ff-ff-ff-fe-01-02-03)" ""
	cards dsn=48-b0-2d-ff-ff-ff-ff-ff
	same "$(taken serial:48-b0-2d-ff-ff-ff-ff-ff)" ""
}

@test "a root with a long name: neither the scan nor a slot is lost" {
	local long=a23456789012345678901234567890123456789 pad
	cards slot=$long
	same "$(taken slot:$long)" 0000:01:00.0
	# The slots' names are then longer than libpci's 1024 bytes for a path.
	pad=$(printf '/%.0s' $(seq $((965 - ${#R}))))
	R=$R$pad run --separate-stderr g plan --json --cmdline gpurom.devices=nvidia
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	same "$(jq -r '[.cards[] | select(.take) | .address] | join(" ")' <<<"$output")" "0000:01:00.0 0000:02:00.0"
	R=$R$pad run g plan --json --cmdline "gpurom.devices=slot:$long"
	same "$(jq -r '[.cards[] | select(.take) | .address] | join(" ")' <<<"$output")" 0000:01:00.0
}

@test "the report has both, where there is one" {
	{
		echo "fn 0000:01:00.0 10de:1aef 040300"
		echo "fn 0000:01:00.1 10de:2204 030000 dsn=$SERIAL slot=7"
		card 2 10de:2204
	} | machine
	step claim
	same "$(report '.cards | map("\(.serial) \(.slot)") | join(", ")')" "$SERIAL 7, null null"
}
