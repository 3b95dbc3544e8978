# What a boot must have led to. Sourced by case.sh; $out holds what the guest left (report.log,
# console.log, store/), $cards and $roms what it was given. Each fault is a line from "wrong".
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

wrong() {
	echo "$*" >>"$out/wrong"
}

section() {
	sed -n "/^== $1\$/,/^== /{ /^== /d; p; }" "$out/report.log"
}

expect_same() {
	diff -u --label "expected $1" --label "found $1" "$2" "$3" >>"$out/wrong" || true
}

# expect_functions [AWK]: the functions as their rivals leave them, changed by AWK ($3: driver, $4: override).
expect_functions() {
	awk "${1:-} { print }" "$vm_dir/cards/$cards.rivals" >"$out/expected"
	section functions >"$out/found"
	expect_same functions "$out/expected" "$out/found"
}

all_taken='{ $3 = $4 = "vfio-pci" }'

expect_log() {
	section kernel | grep -qE "$1" || wrong "kernel log: no line like: $1"
}

# expect_rom SLOT FOLDER ROM: the file FOLDER has for the card in SLOT is ROM, byte for byte.
expect_rom() {
	set -- "$1" "$2" "$3" "$2"/by-path/*-"$1".0-00.rom
	if [ ! -f "$4" ] || [ $# -ne 4 ]; then
		wrong "no romfile for the card in slot $1: $(ls "$2/by-path" 2>&1)"
	elif ! cmp -s "$roms/$3" "$4"; then
		wrong "$4 is not $3: $(cmp "$roms/$3" "$4" 2>&1)"
	fi
}

# Exactly so many ROMs, and a record of them.
expect_store() {
	[ -s "$out/store/cards.json" ] || wrong "no cards.json in the store"
	n=$(find "$out/store/roms" -type f 2>/dev/null | wc -l)
	[ "$n" = "$1" ] || wrong "$n files in roms/, not $1"
}

expect_both_roms() {
	expect_rom 04 "$out/store" modern.rom
	expect_rom 05 "$out/store" geforce8.rom
	expect_store 2
}

expect_no_store() {
	[ -z "$(section store)" ] || wrong "something was stored: $(section store)"
}

# Not even for a moment: nothing but vfio-pci spoke of the functions.
expect_no_rival_seen() {
	grep -aE '(nouveau|snd_hda_intel|xhci_hcd) 0000:0[12]:00' "$out/console.log" >"$out/seen" || return 0
	wrong "a rival had a card: $(head -n 1 "$out/seen")"
}

# Of every boot: it came to its end, and nothing broke on the way.
expect_healthy() {
	grep -q '^== end$' "$out/report.log" || wrong "the guest's report has no end"
	grep -aE 'Kernel panic|BUG:|Oops|ordering cycle|Call Trace' "$out/console.log" >"$out/seen" &&
		wrong "$(head -n 1 "$out/seen")"
	[ -z "$(section failed)" ] || wrong "failed units: $(section failed)"
}

rivals_win() {
	expect_functions
	expect_no_store
}

taken() {
	expect_functions "$all_taken"
	expect_no_rival_seen
	expect_both_roms
}

taken_late() {
	expect_functions "$all_taken"
	expect_both_roms
}

# A driver that takes long to go (15 seconds, to the end of its patience with a card that never answers):
# the boot does not wait for it, the other card has what it should, and commit finishes what was left.
late() {
	expect_log '0000:02:00: stuck: nouveau'
	expect_log '0000:02:00: free by now'
	waited=$(section report | sed -n 's/^boot waited \([0-9]*\).* ms for claim.*/\1/p')
	[ "${waited:-99999}" -lt 12000 ] || wrong "the boot waited ${waited:-?} ms for claim"
	expect_functions "$all_taken"
	expect_both_roms
}

driverless() {
	expect_functions '{ $3 = "-"; $4 = "vfio-pci" }'
	expect_no_rival_seen
	expect_both_roms
	expect_log 'IOMMU'
}

taken_without_rom() {
	expect_functions "$all_taken"
	expect_rom 05 "$out/store" geforce8.rom
	expect_store 1
	expect_log '0000:01:00.*ROM BAR'
}

nothing_to_do() {
	expect_functions
	expect_no_store
}

planned() {
	expect_functions
	expect_no_store
	expect_log '0000:01:00'
	expect_log '0000:02:00'
}

second_kept() {
	expect_functions '$1 ~ /^0000:01/ { $3 = $4 = "vfio-pci" }'
	expect_rom 04 "$out/store" modern.rom
	expect_store 1
}

# The guest's own word for what lies in /run: it is gone when the guest is.
kept_in_run() {
	expect_functions "$all_taken"
	expect_no_store
	for rom in modern.rom geforce8.rom; do
		section run | grep -q "^store/roms/.* $(sha256sum <"$roms/$rom" | cut -d' ' -f1)$" ||
			wrong "$rom is not in /run/gpurom/store"
	done
}

words_named() {
	taken
	expect_log 'devcies'
	expect_log 'sideways'
}
