#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The image of one version, the real root of another: an image is made anew later than the program, or not at
# all, and the one before stays bootable. old-image/ has what the first version to be installed left in
# /run/gpurom; @A@ and @B@ stand for the digests of what it had staged.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	rom b.rom 10de:2206
	{
		card 1 10de:2204 rom=a.rom driver=vfio-pci
		card 2 10de:2206 rom=b.rom driver=vfio-pci
	} | machine
	A=$(sha "$T/a.rom") B=$(sha "$T/b.rom")
}
teardown() { cli_teardown; }

# old_image [FILTER]: what it left, changed by a filter of jq's.
old_image() {
	local f
	mkdir -p "$R/run/gpurom/cards" "$R/run/gpurom/staged"
	cp "$T/a.rom" "$R/run/gpurom/staged/$A.rom"
	cp "$T/b.rom" "$R/run/gpurom/staged/$B.rom"
	for f in "$BATS_TEST_DIRNAME"/old-image/*.json; do
		sed "s/@A@/$A/; s/@B@/$B/" "$f" | jq "${1:-.}" >"$R/run/gpurom/${f##*/}"
	done
	mv "$R/run/gpurom/"0000* "$R/run/gpurom/cards"
}

both_stored() {
	cmp "$T/a.rom" "$(romfile 1)"
	cmp "$T/b.rom" "$(romfile 2)"
	g verify
}

@test "an old image, a new program: its ROMs are stored, the report is understood" {
	old_image
	step commit
	both_stored
	has "$(g report)" "0000:02:00  pci0000-uid0-01.2-00  bound"
	has "$(g report)" "(was nouveau)"
	has "$(g list)" "0000:01:00.0"
}

@test "a newer image, an older program: what it does not know is passed over" {
	old_image 'if .card then .card.colour = "green" else .cards[].colour = {"a": [1]} end | .more = [1, {}]'
	step commit
	both_stored
}

@test "numbers are read exactly and written as they were, also the largest; one that is not whole is refused" {
	for n in 0 2147483647 2147483648 4294967296 9007199254 99999999999999 999999999999999; do
		rm -rf "$R/run/gpurom"
		old_image "if .card then . else .claim_at_us = $n end"
		step commit
		grep -qE "\"claim_at_us\":[[:space:]]*$n,?\$" "$R/run/gpurom/report.json" || fail "$n: $(grep claim_at_us "$R/run/gpurom/report.json")"
	done
	old_image
	sed -i -E 's/("claim_at_us":[[:space:]]*)[0-9]+/\11.5/' "$R/run/gpurom/report.json"
	run step commit
	has "$output$(kmsg)" "report.json"
	sed -i -E 's/("claim_at_us":[[:space:]]*)1.5/\115e1/' "$R/run/gpurom/report.json"
	run g report
	[ "$status" -eq 0 ]
}

@test "a newer image whose report this program cannot follow: reported, and nothing is stored or lost" {
	old_image '.version = 99'
	run step commit
	[ "$status" -le 1 ]
	no_links=$(find "$R/var" -type l)
	same "$no_links" ""
	[ -f "$R/run/gpurom/staged/$A.rom" ]
	has "$output$(kmsg)" "report.json"
}

@test "an old image whose hand-over was ended half way: commit finishes it, with the one driver of that report" {
	for driver in vfio-pci pci-stub auto; do
		rm -rf "$R/run/gpurom"
		{
			echo "driver pci-stub"
			card 1 10de:2204 rom=a.rom
			card 2 10de:2206 rom=b.rom
		} | machine
		want=${driver/auto/vfio-pci}
		stuck='|= (.state = "stuck" | .functions[].driver = "")'
		old_image ".driver = \"$driver\" | if .card then .card $stuck else .cards[] $stuck end"
		for f in 01:00.0 01:00.1 02:00.0 02:00.1; do echo gpurom-hold >"$(fn $f)/driver_override"; done
		echo "$want" >"$(fn 01:00.1)/driver_override"
		step commit
		bound "$want" 01:00.0 01:00.1 02:00.0 02:00.1
		lacks "$(writes)" "driver_override auto"
	done
}
