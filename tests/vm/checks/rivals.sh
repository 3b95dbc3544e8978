# The checks of cases/rivals.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

# expect_none_seen DRIVER...: not even for a moment had one of these a function of a card's.
expect_none_seen() {
	for driver; do
		grep -aE "\b$driver 0000:0[1-9]:00\." "$out/console.log" >"$out/seen" || continue
		wrong "a rival had a card: $(head -n 1 "$out/seen")"
	done
}

# expect_was DRIVER...: these were found on a card, and are not there any more.
expect_was() {
	for driver; do
		expect_report "^ .*\b$driver\b"
	done
}

expect_decoy_roms() {
	expect_rom 04 "$out/store" modern.rom
	expect_rom 05 "$out/store" pascal.rom
	expect_store 2
}

decoys_lose() {
	expect_functions "$all_taken"
	expect_decoy_roms
}

decoys_unbound() {
	expect_functions "$all_taken"
	expect_decoy_roms
}

stuck() {
	:
}

twin_ids() {
	:
}

nvidia_finds_none() {
	:
}

nvidia_unbound() {
	:
}
