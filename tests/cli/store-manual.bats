#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom(5) against a store, a record and a report that the program makes: every field, word and file
# that is there is described, and nothing else is.
# shellcheck disable=SC2154,SC2030,SC2031 # what run sets, and a page of one test's own

load lib

SERIAL=48-b0-2d-ff-fe-01-02-03

setup() {
	cli_setup
	page=$top/man/gpurom.5
	rom serial.rom 10de:2204 94.02.42.80.01
	rom twin-a.rom 10de:2206 94.02.26.40.0a
	rom twin-b.rom 10de:2206 94.02.26.40.0b
	rom plain.rom 10de:2208 94.02.26.40.02
	rom before.rom 10de:220a 94.02.26.40.03
	rom after.rom 10de:2216 94.02.26.40.04
}
teardown() { cli_teardown; }

# --- the page ---------------------------------------------------------------------------------------

# fields TITLE: the table of that subsection, as {"name": ["text", "absent"], ...}
fields() {
	awk -v title=".Ss $1" '
		/^\.S[sh] / { on = $0 == title }
		on && /^\.It Va / { n = $3; sub(/^\.It Va [^ ]+ No /, ""); print n "\t" $0 }' "$page" |
		jq -Rn '[inputs | split("\t") | {(.[0]): (.[1] | split(" or "))}] | add'
}

# words SECTION-PATTERN [FIELD]: those that are explained there, of the field, one a line.
words() {
	awk -v title="^\\\\.S[sh] ($1)\$" -v field="${2:-}" '
		/^\.S[sh] / { on = $0 ~ title; if (on) n++; in_field = !field }
		on && field && /^\.It Va / { in_field = $3 == field }
		on && in_field && /^\.It Cm / { sub(/^\.It Cm /, ""); gsub(/ , /, "\n"); print }' "$page" | sort
}

# Object by object against a table: a line for whatever is wrong. The objects are the standard input's.
compare() {
	jq -rn --argjson doc "$1" '
		{string: "text", array: "list"} as $names |
		[inputs] as $all |
		(if $all == [] then "no such object was made" else empty end),
		(($all | map(keys) | add // []) | unique | map(select($doc[.] == null)) | .[] |
			"not described: \(.)"),
		($doc | keys[] | select(. as $k | $all | all(has($k) | not)) | "never made: \(.)"),
		($all[] as $o | $doc | to_entries[] | . as $f |
			if $o | has($f.key) | not then
				select($f.value | index("absent") | not) | "absent: \($f.key)"
			else
				($o[$f.key] | type) as $t | ($names[$t] // $t) as $is |
				select($f.value | index($is) | not) | "\($f.key) is \($is)"
			end)' | sort -u
}

# described FILE [MORE]: lines "TITLE: FILTER" are the kinds of objects in it. With MORE it may have
# fields that are not described. Prints what is wrong.
described() {
	local title filter wrong
	while IFS=: read -r title filter; do
		wrong=$(jq -c "$filter" "$1" | compare "$(fields "$title")")
		[ -z "${2:-}" ] || wrong=$(grep -v '^not described: ' <<<"$wrong" || :)
		[ -z "$wrong" ] || echo "$title: ${wrong//$'\n'/$'\n'$title: }"
	done
}

record_kinds() {
	cat <<-'END'
		Record: .
		Card: .cards[] | recurse(.previous[]?)
		Function: .cards[].functions[]
		Earlier address: .cards[].addresses[]?
		Earlier path: .cards[].paths[]?
		ROM: .cards[] | recurse(.previous[]?) | .rom // empty, .other_roms[]?
		Import: .cards[] | .rom // empty, .other_roms[]? | .imported // empty
		Pin: .cards[].rom // empty | .pinned // empty
		Reading of a card: .cards[].reading // empty
	END
}

report_kinds() {
	cat <<-'END'
		Report: .
		Card of the report: .cards[]
		Function of the report: .cards[].functions[]
		ROM of the report: .cards[].rom
		Finding: .cards[].rom.findings[]
		Missing card: .missing[]
	END
}

# --- a store that has all of it ---------------------------------------------------------------------

store() { echo "$R/var/lib/gpurom"; }

# card_at ADDRESS IDS [key=value...]: behind the next bridge.
card_at() {
	local port=0000:00:02.$((16#${1%%:*} % 8)) at=$1 ids=$2
	shift 2
	echo "fn $port 8086:1901 060400 driver=pcieport group=$at"
	echo "fn 0000:$at $ids 030000 parent=$port subsystem=1462:3896 group=$at native=nouveau $*"
}

steps_of_boot() {
	rm -rf "$R/run/gpurom"
	mkdir -p "$R/proc/sys/kernel/random"
	echo "boot-$1" >"$R/proc/sys/kernel/random/boot_id"
	cmdline gpurom.keep=0a:00
	machine
	boot_steps
}

first_boot() {
	{
		card 1 10de:2204 rom=serial.rom dsn=$SERIAL slot=3
		card 2 10de:2206 rom=twin-a.rom
		card 3 10de:2206 rom=twin-b.rom
		card 4 10de:2208 rom=plain.rom
		card 5 10de:220a rom=before.rom
		card 6 10de:220d rom=before.rom
		card_at 09:00.0 10de:2230
	} | steps_of_boot 1
	step commit
}

# Firmware that tells more than fakesys knows, in a plain copy of what it shows. (cp finds each file
# replaced: fakesys numbers them anew.)
more_firmware() {
	local card
	(
		cd "$R/sys" || exit
		find . -type d -printf "$T/copy/%P\0" | xargs -0 mkdir -p
		find . -type l -print0 | xargs -0 cp -P --parents -t "$T/copy"
		find devices -type f -regextype posix-extended \
			-regex '.*/(vendor|device|class|irq|resource|subsystem_.*|driver_override|uid|config)' |
			while read -r file; do
				case $file in
				*/config) cat "$file" ;;
				*) echo "$(<"$file")" ;;
				esac >"$T/copy/$file"
			done
	)
	cli_teardown
	rmdir "$R/sys"
	mv "$T/copy" "$R/sys"
	card=$(realpath "$(fn 07:00.0)")
	mkdir -p "$card/firmware_node" "$R/sys/firmware/dmi/tables"
	echo '\_SB_.PC00.PEG1.PEGP' >"$card/firmware_node/path"
	# SMBIOS type 9, 17 bytes: the first string is the slot of 0000:07:00.0.
	printf '\x09\x11\x01\x00\x01\xa5\x0d\x04\x04\x01\x00\x04\x00\x00\x00\x07\x00PCIEX16_1\x00\x00' \
		>"$R/sys/firmware/dmi/tables/DMI"
}

# The card of 1 is in 7 now, 2 and 3 are swapped, 4 is renumbered, in 5 is another, 6 is gone, 9 is as it
# was; in 1 is a new one, and one that stays with the host gets a ROM from a person.
second_boot() {
	{
		card 1 10de:2231 rom=plain.rom
		card 2 10de:2206 rom=twin-b.rom
		card 3 10de:2206 rom=twin-a.rom
		card 4 10de:2208 rom=plain.rom | sed 's/0000:04:/0000:14:/'
		card 5 10de:2216 rom=after.rom
		card 7 10de:2204 rom=serial.rom dsn=$SERIAL slot=7
		card_at 09:00.0 10de:2230
		card_at 0a:00.0 10de:2232
	} | steps_of_boot 2
	more_firmware
	step commit
	g import --card=0a:00.0 --allow-mismatch=device "$T/plain.rom"
}

@test "the page is clean" {
	run mandoc -T lint -W warning "$page"
	[ "$output" = "" ]
	[ "$status" -eq 0 ]
}

@test "each field of a record is described, and no other; each of a report that is described is there" {
	first_boot
	second_boot
	same "$(record_kinds | described "$(store)/cards.json")" ""
	same "This page describes version $(jq .version "$(store)/cards.json")." \
		"$(grep '^This page describes version' "$page")"
	same "$(jq -r '.cards[].identity' "$(store)/cards.json" | sort -u)" "$(words VERDICTS)"
	g report --json >"$T/report.json"
	same "$(report_kinds | described "$T/report.json" more)" ""
}

@test "a page that lacks a field, has one too many or another type is found out" {
	first_boot
	page=$T/page
	grep -v '^\.It Va by_id ' "$top/man/gpurom.5" |
		sed 's/^\.It Va state No text$/.It Va state No number/; /^\.Ss Pin/,/^\.It/s/^\.It .*/&\n.It Va why No text/' >"$page"
	run described "$(store)/cards.json" < <(record_kinds)
	has "$output" "Card: not described: by_id"
	has "$output" "Card: state is text"
	has "$output" "Pin: never made: why"
	has "$output" "Pin: absent: why"
	has "$output" "Import: no such object was made"
}

@test "the words of verdicts, states, sources, mismatches and pins are the program's" {
	local src=$top/src
	same "$(words VERDICTS)" \
		"$(grep -oE '\[IDENTITY_[A-Z]+\] = "[a-z]+"' "$src/record/identity.c" | cut -d'"' -f2 | sort)"
	same "$(words Card state)" \
		"$({
			grep -oE '\[CARD_[A-Z]+\] = "[a-z]+"' "$src/boot/card.c"
			grep -E '^#define RECORD_(LEFT|RELEASED) ' "$src/record/record.h"
		} | cut -d'"' -f2 | sort)"
	same "$(words ROM source)" \
		"$({
			grep -oE '\[SOURCE_[A-Z]+\] = +"[a-z]+"' "$src/rom/source.c"
			grep '^#define STORED_ROM_SOURCE' "$src/boot/commit-rom.h"
		} | cut -d'"' -f2 | sort)"
	same "$(words Import mismatch)" \
		"$(sed -n 's/^static const char \*const words\[IMPORT_FIELDS\] = {\(.*\)};/\1/p' "$src/cmd/import-match.c" | tr -d '" ' | tr , '\n' | sort)"
	same "$(words Pin by)" \
		"$(sed -nE 's/^#define RECORD_(FIRST_READING|PERSON) "([a-z]+)".*/\2/p' "$src/record/record.h" | sort)"
}

leave_note() { g note-image --kernel 6.1.0-9-amd64 --by dracut --image "$R"; }

@test "each field of the note of an image is described, and no other" {
	leave_note
	same "$(compare "$(fields Image)" <"$(store)/images/6.1.0-9-amd64.json")" ""
}

@test "each name at the top of a store is described, and no other" {
	first_boot
	jq '.version = 1' "$(store)/cards.json" >"$T/v1"
	cp "$T/v1" "$(store)/cards.json"
	step commit
	: >"$(store)/cards.json"
	step commit
	leave_note
	sed -n '/^\.Sh THE STORE/,/^\.Ss/s/^\.It Pa \([^ /]*\).*/\1/p' "$page" | sort >"$T/described"
	same "$(cd "$(store)" && { ls -A && echo '.tmp.*'; } | sed 's/-1$/-/' | sort)" "$(cat "$T/described")"
}

@test "configuration files are described in the order in which they are read" {
	sed -n '/^\.Sh CONF/,/^\.Sh THE/s/^\.Pa \(\/.*gpurom\.conf[^ ]*\).*/\1/p' "$page" >"$T/files"
	same "$(wc -l <"$T/files")" 3
	mkdir -p "$R/usr/lib/gpurom"
	onboard | machine
	n=0
	while read -r file; do
		n=$((n + 1))
		echo "timeout=$n" >"$R${file/\*/$n}"
		same "$(g plan --json | jq .timeout)" "$n"
	done <"$T/files"
}
