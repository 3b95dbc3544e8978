#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The man page and the configuration file say what the program does.
# shellcheck disable=SC2030,SC2031 # what run sets

# shellcheck source=tests/cli/recorded.bash
. "$BATS_TEST_DIRNAME/../cli/recorded.bash"

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	gpurom=${GPUROM:-$top/build/gpurom}
	page=$top/man/gpurom.8
	R=$BATS_TEST_TMPDIR/root
	mkdir -p "$R/sys/bus/pci/devices" "$R/etc" "$R/proc"
	: >"$R/proc/cmdline"
}

# The page as a person sees it, a line for each synopsis.
rendered() {
	mandoc -T ascii -O width=150 "$page" | sed 's/.\x08//g; s/ | /|/g; s/^ *//'
}

plan() {
	case " $* " in
	*" --json"*) GPUROM=$gpurom recorded --root "$R" plan "$@" 2>/dev/null ;;
	*) "$gpurom" --root "$R" plan "$@" 2>/dev/null ;;
	esac
}

# As the program lists them when it is given another.
keys() {
	plan --cmdline gpurom.nosuch=1 | sed -n 's/.*no such key: //p' | tr -d ','
}

@test "the page is clean" {
	run mandoc -T lint -W warning "$page"
	[ "$output" = "" ]
	[ "$status" -eq 0 ]
}

@test "the page of gpurom-domain is clean, and has every command and option" {
	page=$top/man/gpurom-domain.8
	run mandoc -T lint -W warning "$page"
	[ "$output" = "" ]
	[ "$status" -eq 0 ]
	"$(dirname "$gpurom")/gpurom-domain" --help >"$BATS_TEST_TMPDIR/help"
	words=$(grep -oE -- '--[a-z-]+|^  (check|fix) ' "$BATS_TEST_TMPDIR/help" | sort -u)
	[ "$(wc -w <<<"$words")" -eq 10 ]
	for word in $words; do
		rendered | grep -qw -- "$word"
	done
}

@test "the page has every command with its arguments, and no other" {
	"$gpurom" --help | sed -n '/^exit status/q; s/ *$//; s/^  \([a-z]\)/\1/p' >"$BATS_TEST_TMPDIR/help"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/help")" -gt 5 ]
	while read -r synopsis; do
		rendered | s=$synopsis awk '$0 == ENVIRON["s"] || index($0, ENVIRON["s"] "  ") == 1 { n++ }
			END { exit !n }'
	done <"$BATS_TEST_TMPDIR/help"
	sed -n '/^\.Sh COMMANDS/,/^\.Sh CONF/{s/^\.It Sy \([a-z-]*\).*/\1/p;/^\.It Xo/{n;s/^\.Sy \([a-z-]*\).*/\1/p}}' \
		"$page" | sort >"$BATS_TEST_TMPDIR/page"
	[ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/help" | sort)" = "$(cat "$BATS_TEST_TMPDIR/page")" ]
}

@test "the page has every option that comes before a command" {
	"$gpurom" --help | sed -n 's/^  \(--[a-z]*\).*/\1/p' >"$BATS_TEST_TMPDIR/options"
	[ -s "$BATS_TEST_TMPDIR/options" ]
	while read -r option; do
		rendered | sed -n '/^ *Options/,/^COMMANDS/p' | grep -q -- "^$option"
	done <"$BATS_TEST_TMPDIR/options"
}

@test "the page and the configuration file have every key, and no other" {
	[ -n "$(keys)" ]
	sorted=$(keys | tr ' ' '\n' | sort)
	[ "$(sed -n 's/^#\([a-z]*\)=.*/\1/p' "$top/etc/gpurom.conf" | sort)" = "$sorted" ]
	[ "$(sed -n '/^\.Sh CONF/,/^\.Ss Sel/s/^\.It Sy \([a-z]*\)$/\1/p' "$page" | sort)" = "$sorted" ]
}

@test "the configuration file as installed sets nothing" {
	[ -z "$(grep -v '^#' "$top/etc/gpurom.conf" | tr -d ' \t\n')" ]
}

@test "what it shows commented out is the default" {
	before=$(plan)
	sed 's/^#\([a-z]*=\)/\1/' "$top/etc/gpurom.conf" >"$R/etc/gpurom.conf"
	[ "$(grep -c '^[a-z]*=' "$R/etc/gpurom.conf")" -eq "$(keys | wc -w)" ]
	[ "$(plan)" = "$before" ]
	[ "$(plan --json)" = "$(rm "$R/etc/gpurom.conf" && plan --json)" ]
}

@test "every value it explains is understood" {
	for value in full claim dump plan off; do
		grep -q "^# $value " "$top/etc/gpurom.conf"
		echo "mode=$value" >>"$R/etc/gpurom.conf"
	done
	for value in chain head; do
		grep -q "^# $value " "$top/etc/gpurom.conf"
		echo "trim=$value" >>"$R/etc/gpurom.conf"
	done
	for value in refuse warn off; do
		grep -q "^#   $value " "$top/etc/gpurom.conf"
		echo "guard=$value" >>"$R/etc/gpurom.conf"
	done
	for value in nvidia 01:00.0 10de:2204 slot:2 boot-vga; do
		grep -q "^#   $value " "$top/etc/gpurom.conf"
		echo "devices=$value" >>"$R/etc/gpurom.conf"
		echo "keep=$value" >>"$R/etc/gpurom.conf"
	done
	value=serial:48-b0-2d-ff-fe-01-02-03
	grep -q "^#   $value$" "$top/etc/gpurom.conf"
	echo "devices=$value" >>"$R/etc/gpurom.conf"
	run plan
	[ "$status" -eq 0 ]
	[[ $output == *"mode off"* ]]
	[[ $output != *"not understood"* ]]
}

@test "the page has every finding of the verdict, and no other" {
	{
		grep -hoE '"[a-z0-9-]+", (generic \? )?FINDING_' "$top"/src/rom/rules.c \
			"$top"/src/{sources/attempt,cmd/import-match,sources/judge}.c
		grep -ohE '\{"[a-z0-9-]+",' "$top/src/rom/notrom.c"
	} | sed 's/^{*"//; s/".*//' | sort -u >"$BATS_TEST_TMPDIR/codes"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/codes")" -gt 30 ]
	[ "$(sed -n '/^\.Sh FINDINGS/,/^\.Sh EXIT/s/^\.It Cm //p' "$page" | sed 's/ , /\n/g' | sort)" = \
		"$(cat "$BATS_TEST_TMPDIR/codes")" ]
}

@test "each section that a page refers to is in it" {
	for page in man/*.[58]; do
		sed -n 's/^\.\(Pq \)*Sx \(.*[A-Za-z)]\).*/\2/p' "$page" | sort -u | while IFS= read -r section; do
			grep -qixE "\\.S[hs] $section" "$page" || { echo "$page: no section $section" && false; }
		done
	done
}
