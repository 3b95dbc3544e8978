# The checks of cases/faults.cases.
# shellcheck shell=sh disable=SC2154,SC2016 # case.sh's variables; awk's

# The functions of the cards that the report has taken, a line each.
taken_functions() {
	section report | awk '/^[0-9a-f]+:[0-9a-f]+:[0-9a-f]+  / { taken = $3 != "left" }
		taken && /^  [0-9a-f]+:[0-9a-f]+:[0-9a-f]+\.[0-7]  / { print $1 }'
}

# The invariants, whatever else a boot was to show. That it reached its end is checked of every boot.
# Nothing that is not taken has changed hands or has an override; what is taken is on vfio-pci, or has no
# driver and an override; a card is taken whole; what the store shows is whole, and nothing in it is gone.
expect_invariants() {
	taken_functions >"$out/taken"
	section functions | awk -v rivals="$vm_dir/cards/$cards.rivals" '
		BEGIN {
			while ((getline <rivals) > 0)
				left[$1] = $0
		}
		NR == FNR { taken[$1]; next }
		{ card = substr($1, 1, 10) }
		card in whole && whole[card] != ($1 in taken) { print $1 ": half of a card" }
		{ whole[card] = $1 in taken }
		!($1 in taken) && $0 != left[$1] { print "touched: " $0 ", it was: " left[$1] }
		$1 in taken && !($3 == "vfio-pci" || $3 == "-") { print "lost: " $0 }
		$1 in taken && !($4 == "vfio-pci" || $4 == "gpurom-hold") { print "open to any driver: " $0 }
		' "$out/taken" - >>"$home/wrong"
	[ -z "$(section others)" ] || wrong "others have an override: $(section others)"
	expect_whole_store
	[ -z "${before:-}" ] || expect_nothing_lost
}

expect_whole_store() {
	[ ! -d "$out/store/roms" ] || find "$out/store/roms" -type f | while read -r rom; do
		[ "$(sha256sum <"$rom" | cut -d' ' -f1).rom" = "${rom##*/}" ] || wrong "$rom is not what its name says"
	done
	find "$out/store" -type l | while read -r link; do
		[ -f "$link" ] || wrong "$link leads nowhere"
	done
	section verify | grep -qx whole || [ -z "$(section store)" ] || wrong "gpurom verify: $(section verify)"
}

expect_nothing_lost() {
	[ ! -d "$before/store/roms" ] || for rom in "$before"/store/roms/*; do
		[ -f "$out/store/roms/${rom##*/}" ] || wrong "lost: ${rom##*/}"
	done
}

# expect_waited CLAIM SETTLE: milliseconds that the boot waited for them, at most. What one emulated CPU needs
# for the rest of its work while it waits is in these numbers; a deadline is not met by less.
expect_waited() {
	section report | sed -n 's/^boot waited \([0-9]*\).* ms for claim, \([0-9]*\).* ms for settle.*/\1 \2/p' >"$out/waited"
	read -r claim settle <"$out/waited" || { wrong "the report does not tell how long the boot waited" && return; }
	[ "$claim" -le "$1" ] || wrong "the boot waited $claim ms for claim, not $1 at most"
	[ "$settle" -le "$2" ] || wrong "the boot waited $settle ms for settle, not $2 at most"
}

# expect_card ADDRESS PATTERN: a line of the report's words about this card.
expect_card() {
	section report | awk -v card="$1" '/^[^ ]/ { on = index($0, card) == 1 } on' >"$out/card"
	grep -qE "$2" "$out/card" || wrong "gpurom report, $1: no line like: $2; but: $(cat "$out/card")"
}

# Twelve cards, each with a fault of its own: none of them is in another's way.
broken() {
	expect_functions "$all_taken"
	expect_invariants
	expect_rom 04 "$out/store" modern.rom
}
