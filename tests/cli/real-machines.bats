#!/usr/bin/env bats
# Real machines as text, each a tree of plain files made by mktree.py: what holds for any machine. They lie beside the
# checkout (or in $GPUROM_MACHINES) or nowhere.

bats_require_minimum_version 1.5.0

GPUROM=$(realpath "${GPUROM:-$BATS_TEST_DIRNAME/../../build/gpurom}")
machines=${GPUROM_MACHINES:-$(realpath "$BATS_TEST_DIRNAME/../..")/../shared/machines}

# For all tests: the trees, as they are and with two other numberings of their buses (one process makes all of them,
# three times as fast as one for each), and what list and plan say of them: T/NAME.N.list and T/NAME.N.plan.
setup_file() {
	[ -d "$machines/machines" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$machines python3 - "$machines" <<-'END'
		import glob, os, sys, mktree
		for path in glob.glob(sys.argv[1] + "/machines/*.zoo"):
		    for seed in 0, 1, 2:
		        roots, functions, rest = mktree.parse(path)
		        if seed:
		            roots, functions = mktree.renumber(roots, functions, seed)
		        mktree.build(roots, functions, rest, "%s.%d" % (os.path.basename(path)[:-4], seed))
	END
	for tree in *.[012]; do
		for command in list plan; do
			"$GPUROM" --root "$tree" "$command" --json >"$tree.$command" 2>"$tree.$command.err" || echo "exit $?" >>"$tree.$command.err"
		done
	done
}

setup() {
	[ -d "$machines/machines" ] || skip "no machines in $machines (set GPUROM_MACHINES)"
	cd "$BATS_FILE_TMPDIR" || return
}

# nothing: no line on standard input; else they are printed, and the test fails.
nothing() { ! grep .; }
# of COMMAND FILTER: jq, of what COMMAND said of each machine as it is; $name is the machine's.
of() { jq -r "(input_filename | rtrimstr(\".0.$1\")) as \$name | $2" ./*.0."$1"; }

@test "list and plan answer for each of 48 machines, in three numberings: exit 0, nothing on standard error" {
	[ "$(find . -maxdepth 1 -name '*.plan' | wc -l)" -eq $((3 * 48)) ]
	jq -e . ./*.list ./*.plan >/dev/null
	grep -H . ./*.err | nothing
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
	# vf-virtual-bus: a name of its own for a PF whose VFs are on a virtual bus is not there yet.
	of list '.[] | select($name | test("hwloc-no-bridges|vf-virtual-bus") | not) | "\($name) \(.path)"' |
		sort | uniq -d | nothing
}

@test "a card's name is the same with other bus numbers" {
	for tree in *.0; do
		for seed in 1 2; do
			cmp -s <(jq -r '.[].path' "$tree.list") <(jq -r '.[].path' "${tree%0}$seed.list") || echo "${tree%.0} $seed"
		done
	done | nothing
}

@test "the other numberings are others" {
	differ=0
	for tree in *.0; do
		cmp -s <(jq -r '.[].address' "$tree.list") <(jq -r '.[].address' "${tree%0}1.list") || differ=$((differ + 1))
	done
	[ "$differ" -gt 30 ]
}
