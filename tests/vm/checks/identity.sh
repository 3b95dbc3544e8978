# SPDX-License-Identifier: GPL-2.0-or-later
# What boots of one disk with other cards, or with the same cards elsewhere, must have led to. Sourced by
# case.sh, see expect.sh. Cards are called by their path less "pci0000-uid0-", addresses less
# domain and function.
# shellcheck shell=sh disable=SC2154 # case.sh's variables

# expect_words WHAT FOUND: the lines of standard input, in any order, are those of the file FOUND.
expect_words() {
	sort >"$out/expected"
	sort "$2" >"$out/found"
	expect_same "$1" "$out/expected" "$out/found"
}

# expect_listed SECTION: standard input has "PATH ADDRESS VERDICT" for each card that is or was here, "-" for
# no address, as the list tells there.
expect_listed() {
	expect_json "$1" list
	section "$1" | jq -r '.[] | select(.boot_vga | not) |
		"\(.path | sub("pci0000-uid0-"; "")) \(.address // "-" | sub("0000:"; "") | sub("\\.0$"; "")) \(.identity)"
		' >"$out/listed"
	expect_words "cards in $1" "$out/listed"
}

# expect_cards [after]: the same, of the list at the end, or that after a test's own command. The record
# agrees, the store is whole, and all that are here are vfio-pci's.
expect_cards() {
	cat >"$out/cards"
	expect_listed "list-${1:-json}" <"$out/cards"
	jq -r '.cards | to_entries[] | "\(.key | sub("pci0000-uid0-"; "")) \(.value.identity)"' \
		"$out/store/cards.json" >"$out/recorded"
	cut -d' ' -f1,3 "$out/cards" | expect_words 'cards in the record' "$out/recorded"
	section functions | grep -v 'vfio-pci vfio-pci$' >"$out/seen" && wrong "not taken: $(cat "$out/seen")"
	section "verify${1:+-after}" | grep -qx whole || wrong "gpurom verify: $(section "verify${1:+-after}")"
}

# expect_links: standard input has "PATH ROM" for each name below by-path and what it shows, byte for byte.
expect_links() {
	for link in "$out"/store/by-path/*; do
		rom=nothing
		for known in "$roms"/*.rom; do
			! cmp -s "$known" "$link" || rom=$(basename "$known" .rom)
		done
		path=$(basename "$link" .rom)
		echo "${path#pci0000-uid0-} $rom"
	done >"$out/links"
	expect_words links "$out/links"
}

# expect_told ADDRESS PATTERN: of that card, in the kernel's log and in the report of this boot.
expect_told() {
	expect_log "gpurom: 0000:$1:00: $2"
	section report | sed -n "/^0000:$1:00 /,/^[^ ]/p" >"$out/told"
	grep -qE "^  identity: $2" "$out/told" || wrong "gpurom report: not of the card at $1: $2"
}

# in_record FOLDER PATH FILTER: what a store's record has of a card.
in_record() {
	jq -r --arg path "pci0000-uid0-$2" ".cards[\$path] | $3" "$1/store/cards.json"
}

# expect_record PATH FILTER VALUE
expect_record() {
	found=$(in_record "$out" "$1" "$2")
	[ "$found" = "$3" ] || wrong "the record of $1: $2 is $found, not $3"
}

# expect_carried OLD NEW: the card that was OLD at the boot before is NEW in the record, and nothing of it is lost.
expect_carried() {
	expect_record "$2" .first_seen "$(in_record "$before" "$1" .first_seen)"
	expect_record "$2" .rom.sha256 "$(in_record "$before" "$1" .rom.sha256)"
	expect_record "$2" .rom.first_boot "$(in_record "$before" "$1" .rom.first_boot)"
	[ "$1" = "$2" ] || expect_record "$2" '.paths[0].path' "pci0000-uid0-$1"
}

moved() {
	expect_cards <<-END
		04.0-00 01:00 new
		05.0-00 02:00 new
		06.0-00 03:00 new
		07.0-00 04:00 new
		08.0-00 05:00 new
		09.0-00 06:00 new
	END
	expect_links <<-END
		04.0-00 modern
		05.0-00 turing
		06.0-00 pascal
		07.0-00 pascal-2
		08.0-00 maxwell
		09.0-00 geforce8
	END
	expect_serials
	expect_store 6
}

# The record has the serial numbers and slots that the guest's own tools tell.
expect_serials() {
	section serials >"$out/serials"
	jq -r '.cards[] | select(.serial) | "\(.address) \(.serial)"' "$out/store/cards.json" |
		expect_words 'serial numbers in the record' "$out/serials"
	[ "$(wc -l <"$out/serials")" = 3 ] || wrong "serial numbers in the guest: $(cat "$out/serials")"
	section slots >"$out/slots"
	jq -r '.cards[] | select(.identity != "missing") | "\(.slot) \(.address)"' "$out/store/cards.json" |
		sed 's/\.0$//' | while read -r slot; do
		grep -qxF "$slot" "$out/slots" || wrong "in the record, and not in the guest: slot $slot"
	done
}

# A name that no card has now shows what it showed: a VM definition may still have it.
moved_2() {
	expect_cards <<-END
		02.0-00.0-01.0-00 04:00 moved
		04.0-00 05:00 renumbered
		06.0-00 07:00 moved
		07.0-00 08:00 moved
		0a.0-00 0b:00 moved
		09.0-00 - missing
	END
	expect_links <<-END
		02.0-00.0-01.0-00 turing
		04.0-00 modern
		05.0-00 turing
		06.0-00 pascal-2
		07.0-00 pascal
		08.0-00 maxwell
		09.0-00 geforce8
		0a.0-00 maxwell
	END
	expect_carried 05.0-00 02.0-00.0-01.0-00
	expect_carried 04.0-00 04.0-00
	expect_carried 07.0-00 06.0-00
	expect_carried 06.0-00 07.0-00
	expect_carried 08.0-00 0a.0-00
	expect_carried 09.0-00 09.0-00
	expect_record 04.0-00 '.addresses[0].address' 0000:01:00.0
	expect_serials
	expect_store 6
	expect_told 04 'moved: it was at pci0000-uid0-05\.0-00 .*serial number'
	expect_told 05 'renumbered: it was 0000:01:00 '
	expect_told 07 'moved: it was at pci0000-uid0-07\.0-00 .*serial number'
	expect_told 08 'moved: it was at pci0000-uid0-06\.0-00 .*serial number'
	expect_told 0b 'moved: it was at pci0000-uid0-08\.0-00 .*only card'
	expect_log 'gpurom: pci0000-uid0-09\.0-00: missing: 10de:0402 '
	section report | grep -q '^missing: pci0000-uid0-09.0-00 ' || wrong "gpurom report: nothing is missing"
	section after >"$out/after"
	expect_words 'names resolved' "$out/after" <<-END
		01:00.0: 0000:05:00.0 warning
		04:00.0: 0000:04:00.0 warning
		pci0000-uid0-05.0-00: 0000:04:00.0 warning
		1c-3a-05-00-03-2d-b0-48: 0000:07:00.0
		pci0000-uid0-09.0-00: none
	END
}

moved_back() {
	expect_cards <<-END
		04.0-00 01:00 renumbered
		05.0-00 02:00 moved
		06.0-00 03:00 moved
		07.0-00 04:00 moved
		08.0-00 05:00 moved
		09.0-00 06:00 same
	END
	expect_links <<-END
		02.0-00.0-01.0-00 turing
		04.0-00 modern
		05.0-00 turing
		06.0-00 pascal
		07.0-00 pascal-2
		08.0-00 maxwell
		09.0-00 geforce8
		0a.0-00 maxwell
	END
	expect_carried 02.0-00.0-01.0-00 05.0-00
	expect_carried 04.0-00 04.0-00
	expect_carried 07.0-00 06.0-00
	expect_carried 06.0-00 07.0-00
	expect_carried 0a.0-00 08.0-00
	expect_carried 09.0-00 09.0-00
	expect_record 04.0-00 '.addresses[0].address' 0000:05:00.0
	expect_store 6
}

swapped() {
	expect_cards <<-END
		04.0-00 01:00 new
		05.0-00 02:00 new
		06.0-00 03:00 new
		07.0-00 04:00 new
		08.0-00 05:00 new
		09.0-00 06:00 new
		0a.0-00 07:00 new
		0b.0-00 08:00 new
	END
	expect_links <<-END
		04.0-00 pascal
		05.0-00 pascal-2
		06.0-00 maxwell
		07.0-00 maxwell
		08.0-00 turing
		09.0-00 turing
		0a.0-00 geforce8
		0b.0-00 modern
	END
	expect_record 04.0-00 .serial null
	expect_record 0b.0-00 .serial 1c-3a-05-00-04-2d-b0-48
	expect_store 6
}

# The twins' links stay as they were; that of the card without a ROM is gone.
swapped_2() {
	expect_cards <<-END
		04.0-00 01:00 ambiguous
		05.0-00 02:00 ambiguous
		06.0-00 03:00 same
		07.0-00 04:00 same
		08.0-00 05:00 replaced
		09.0-00 06:00 replaced
		0a.0-00 07:00 same
		0b.0-00 08:00 replaced
	END
	expect_links <<-END
		04.0-00 pascal
		05.0-00 pascal-2
		06.0-00 maxwell
		07.0-00 maxwell
		08.0-00 kepler
		0a.0-00 geforce8
		0b.0-00 modern-2
	END
	for path in 04.0-00 05.0-00; do
		expect_carried "$path" "$path"
		expect_record "$path" '.maybe | sort | join(" ")' 'pci0000-uid0-04.0-00 pci0000-uid0-05.0-00'
	done
	for path in 08.0-00 09.0-00 0b.0-00; do
		expect_record "$path" '.previous[0].rom.sha256' "$(in_record "$before" "$path" .rom.sha256)"
	done
	expect_record 09.0-00 .rom null
	expect_carried 0a.0-00 0a.0-00
	expect_record 0a.0-00 '.other_roms[0].version' 60.84.41.00.20
	expect_told 01 'ambiguous: .*pci0000-uid0-05\.0-00 '
	expect_told 02 'ambiguous: .*pci0000-uid0-04\.0-00 '
	for address in 05 06 08; do
		expect_told "$address" 'replaced: '
	done
	expect_log 'gpurom: 0000:07:00: ROM changed since .*: was 60\.84\.35\.00\.11, is 60\.84\.41\.00\.20 now'
	section report | grep -q 'ROM changed since .*60\.84\.35\.00\.11.*60\.84\.41\.00\.20' ||
		wrong 'gpurom report: no ROM changed'
	expect_store 9
}

# The doubt stays until a person ends it, and then the links follow the cards.
swapped_3() {
	expect_listed list-json <<-END
		04.0-00 01:00 ambiguous
		05.0-00 02:00 ambiguous
		06.0-00 03:00 same
		07.0-00 04:00 same
		08.0-00 05:00 same
		09.0-00 06:00 same
		0a.0-00 07:00 same
		0b.0-00 08:00 same
	END
	expect_cards after <<-END
		04.0-00 01:00 same
		05.0-00 02:00 same
		06.0-00 03:00 same
		07.0-00 04:00 same
		08.0-00 05:00 same
		09.0-00 06:00 same
		0a.0-00 07:00 same
		0b.0-00 08:00 same
	END
	expect_links <<-END
		04.0-00 pascal-2
		05.0-00 pascal
		06.0-00 maxwell
		07.0-00 maxwell
		08.0-00 kepler
		0a.0-00 geforce8
		0b.0-00 modern-2
	END
	expect_carried 04.0-00 05.0-00
	expect_carried 05.0-00 04.0-00
	expect_record 04.0-00 .maybe null
	expect_record 05.0-00 .maybe null
	expect_store 9
}

all_moved() {
	expect_cards <<-END
		04.0-00 01:00 new
		05.0-00 02:00 new
		06.0-00 03:00 new
	END
	expect_links <<-END
		04.0-00 pascal
		05.0-00 maxwell
		06.0-00 turing
	END
	expect_store 3
}

# Each new name shows what its card has; nothing of the old ones is touched until a person says which is which.
all_moved_2() {
	expect_cards <<-END
		01.0-00 01:00 ambiguous
		01.1-00 02:00 ambiguous
		01.2-00 03:00 ambiguous
		04.0-00 - missing
		05.0-00 - missing
		06.0-00 - missing
	END
	expect_links <<-END
		01.0-00 pascal
		01.1-00 maxwell
		01.2-00 turing
		04.0-00 pascal
		05.0-00 maxwell
		06.0-00 turing
	END
	for path in 04.0-00 05.0-00 06.0-00; do
		expect_carried "$path" "$path"
	done
	expect_record 01.0-00 '.maybe | join(" ")' pci0000-uid0-04.0-00
	expect_told 01 'ambiguous: .*firmware.*pci0000-uid0-04\.0-00'
	expect_told 02 'ambiguous: .*firmware.*pci0000-uid0-05\.0-00'
	expect_told 03 'ambiguous: .*firmware.*pci0000-uid0-06\.0-00'
	expect_store 3
}

all_moved_3() {
	expect_listed list-json <<-END
		01.0-00 01:00 ambiguous
		01.1-00 02:00 ambiguous
		01.2-00 03:00 ambiguous
		04.0-00 - missing
		05.0-00 - missing
		06.0-00 - missing
	END
	expect_cards after <<-END
		01.0-00 01:00 same
		01.1-00 02:00 same
		01.2-00 03:00 same
	END
	expect_links <<-END
		01.0-00 pascal
		01.1-00 maxwell
		01.2-00 turing
		04.0-00 pascal
		05.0-00 maxwell
		06.0-00 turing
	END
	expect_carried 04.0-00 01.0-00
	expect_carried 05.0-00 01.1-00
	expect_carried 06.0-00 01.2-00
	expect_store 3
}
