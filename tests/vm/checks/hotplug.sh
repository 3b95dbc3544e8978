# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/hotplug.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

# The card that was taken out: its report and the list after that.
expect_missing() {
	section gone | grep -q '^missing: .*-04\.0-00  10de:0402, at 0000:01:00' ||
		wrong "gpurom report does not name it as missing: $(section gone)"
	section gone | grep -q '^0000:01:00' && wrong "the report has it still"
	section gone-list | grep -q 'missing' || wrong "gpurom list does not: $(section gone-list)"
	expect_rom 04 "$out/store" geforce8.rom
}

hotplugged() {
	expect_functions '/^0000:01/ { $3 = $4 = "vfio-pci" }'
	grep -aE '(nouveau|snd_hda_intel) 0000:01:00' "$out/console.log" >"$out/seen" &&
		wrong "a rival had the card: $(head -n 1 "$out/seen")"
	expect_log '0000:02:00: left alone: kept for the host'
	expect_store 1
	expect_missing
}

hotplug_unbound() {
	expect_functions "$all_taken"
	expect_unbound 01:00.0 nouveau
	expect_both_hotplugged
}

expect_both_hotplugged() {
	expect_rom 04 "$out/store" geforce8.rom
	expect_rom 05 "$out/store" modern.rom
	expect_store 2
}

# After the rescan the kernel of this guest has no addresses for the cards' BARs: they read no ROM, and keep theirs.
taken_again() {
	expect_functions "$all_taken"
	expect_both_roms
	[ "$(section report | grep -c '^0000:0[12]:00')" = 2 ] || wrong "the report has other cards: $(section report)"
	section units | grep -qx '0000:01:00.0' || wrong "no unit ran for the card that came back: $(section units)"
	[ "$(section replayed)" = 'no unit' ] || wrong "replayed events: $(section replayed)"
}
