#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Real machines as text, each a tree of plain files made by mktree.py: what holds for any machine. They lie beside the
# checkout (or in $GPUROM_MACHINES) or nowhere.

# shellcheck disable=SC2016 # jq's variables

bats_require_minimum_version 1.5.0
load recorded

GPUROM=$(realpath "${GPUROM:-$BATS_TEST_DIRNAME/../../build/gpurom}")
machines=${GPUROM_MACHINES:-$(realpath "$BATS_TEST_DIRNAME/../..")/../shared/machines}

# For all tests: the trees, as they are (0) and with two other numberings of their buses (1, 2), and what list says of
# each and plan of those as they are: NAME.N.list, NAME.0.plan. One process makes all trees of a numbering: one for each
# tree takes three times as long.
setup_file() {
	[ -d "$machines/machines" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	for n in 0 1 2; do
		trees $n 3>&- &
	done
	wait
	for tree in *.[012]; do
		ask "$tree" list
		[ "${tree##*.}" != 0 ] || ask "$tree" plan
	done
}
trees() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$machines python3 - "$machines" "$1" <<-'END'
		import glob, os, sys, mktree
		seed = int(sys.argv[2])
		for path in glob.glob(sys.argv[1] + "/machines/*.zoo"):
		    roots, functions, rest = mktree.parse(path)
		    if seed:
		        roots, functions = mktree.renumber(roots, functions, seed)
		    mktree.build(roots, functions, rest, "%s.%d" % (os.path.basename(path)[:-4], seed))
	END
}
# A plain file that does not answer within its 0.3 s says that this machine is busy: once more.
ask() {
	answer "$@"
	! grep -q 'not answer' "$1.$2.err" || answer "$@"
}
answer() { recorded --root "$1" "$2" --json >"$1.$2" 2>"$1.$2.err" || echo "exit $?" >>"$1.$2.err"; }

setup() {
	[ -d "$machines/machines" ] || skip "no machines in $machines (set GPUROM_MACHINES)"
	cd "$BATS_FILE_TMPDIR" || return
}

# nothing: no line on standard input; else they are printed, and the test fails.
nothing() { ! grep .; }
# of COMMAND FILTER: jq, of what COMMAND said of each machine as it is; $name is the machine's.
of() { jq -r "(input_filename | rtrimstr(\".0.$1\")) as \$name | $2" ./*.0."$1"; }

@test "list and plan answer for each of 48 machines: exit 0, nothing on standard error" {
	[ "$(find . -maxdepth 1 -name '*.plan' | wc -l) $(find . -maxdepth 1 -name '*.list' | wc -l)" = "48 144" ]
	jq -e . ./*.list ./*.plan >/dev/null
	# One machine has a GPU that is off.
	grep -H . ./*.err | grep -v '^./ff-config-gpu.*0000:0[12]:00.0 does not answer$' | nothing
}

@test "each card's functions exist, on its device number; none is in two cards" {
	of list '.[] | .address as $card | .functions[] | "\($name) \($card) \(.address)"' >functions
	[ "$(wc -l <functions)" -gt 150 ]
	while read -r name card function; do
		[ -e "$name.0/sys/bus/pci/devices/$function" ] || echo "$name: no $function"
		[ "${card%.*}" = "${function%.*}" ] || echo "$name: $function in $card"
	done <functions | nothing
	cut -d' ' -f1,3 functions | sort | uniq -d | nothing
}

@test "plan acts on functions of the card alone; what it takes is in the list, by the same name" {
	of plan '.cards[] | .address as $card | .steps[]?.function | "\($name) \($card) \(.)"' >steps
	[ "$(wc -l <steps)" -gt 500 ]
	awk '{ card = $2; function_of = $3; sub(/\.[0-7]$/, "", card); sub(/\.[0-7]$/, "", function_of) }
		card != function_of' steps | nothing
	# Function 0, by which plan names a card, may be hidden.
	of list '.[] | "\($name) \(.address | .[:-1]) \(.path)"' | sort >listed
	of plan '.cards[] | select(.take) | "\($name) \(.address | .[:-1]) \(.path)"' | sort >taken
	[ -s taken ]
	comm -13 listed taken | nothing
}

@test "each card has a name, of a-z 0-9 . _ -" {
	of list '.[] | select((.path // "" | test("^[a-z0-9._-]+$")) | not) | "\($name) \(.address) \(.path)"' | nothing
}

@test "no two cards of a machine have one name" {
	# hwloc-no-bridges has devices of two buses at one place, as its bridges were left out: no kernel shows that.
	of list '.[] | select($name | test("hwloc-no-bridges") | not) | "\($name) \(.path)"' |
		sort | uniq -d | nothing
}

# in_numberings KEY: "NAME N VALUE..." of the cards of each tree, in order of address, which no numbering changes.
in_numberings() {
	jq -r "(input_filename | ltrimstr(\"./\") | rtrimstr(\".list\") | sub(\"\\\\.(?<n>[0-9])$\"; \" \\(.n)\")) + \" \"
		+ ([.[].$1] | join(\" \"))" ./*.list | sort
}
# Of in_numberings: the lines that differ from the machine as it is.
others() { awk '{ name = $1; n = $2; $1 = $2 = "" } n == 0 { first = $0 } n > 0 && $0 != first { print name, n ":" $0 }'; }

@test "a card's name is the same with other bus numbers" {
	[ "$(in_numberings path | wc -l)" -eq 144 ]
	in_numberings path | others | nothing
	# The numbers are others.
	[ "$(in_numberings address | others | wc -l)" -gt 60 ]
}
