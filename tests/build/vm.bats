#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The boots' checks are all in one shell: a name that is there twice would be another file's check.
# shellcheck disable=SC2016 # scripts that are written down

@test "no check has the name of another" {
	twice=$(grep -hoE '^[a-z_]+\(\)' tests/vm/checks/*.sh | sort | uniq -d)
	[ -z "$twice" ]
}

@test "each case has a check, its cards, and a name of its own" {
	grep -hv '^#' tests/vm/cases/*.cases | while IFS='|' read -r tier name _ _ cards _ check _; do
		grep -q "^$check() {" tests/vm/checks/*.sh || { echo "$name: no check $check" && exit 1; }
		[ -f "tests/vm/cards/$cards.cards" ] || { echo "$name: no cards $cards" && exit 1; }
		case $tier in
		+ | +night) continue ;;
		check | all | night) ;;
		*) echo "$name: no tier $tier" && exit 1 ;;
		esac
		[ "$(cat tests/vm/cases/*.cases | grep -cE "^[a-z]+\|$name\|")" = 1 ] ||
			{ echo "$name: twice" && exit 1; }
	done
}

@test "a name that is no case's is reported, and nothing is made" {
	run sh tests/vm/run no-card nonsense
	[ "$status" -eq 1 ]
	[ "$output" = "run: no such case: nonsense" ]
}

@test "a guest with libvirt boots the image of its suite's initramfs-tools, others their own" {
	vm_dir=$PWD/tests/vm
	. tests/vm/lib.sh
	[ "$(image_of libvirt)" = initramfs-tools ]
	[ "$(image_of trixie-libvirt)" = trixie-initramfs-tools ]
	[ "$(image_of trixie-dracut)" = trixie-dracut ]
}

# The rows of a table, in a checkout whose guests are stand-ins: case.sh does what "plays/NAME" says.
stand_ins() {
	T=$BATS_TEST_TMPDIR/tree
	mkdir -p "$T/packaging/deps" "$T/tests/vm/cases" "$T/plays" "$T/build/vm/tree"
	cp tests/vm/run tests/vm/lib.sh "$T/tests/vm/"
	cp packaging/deps/cache.sh "$T/packaging/deps/"
	for script in program.sh qemu.sh base.sh kvm.sh variant.sh guest.sh; do
		: >"$T/tests/vm/$script"
	done
	cat >"$T/tests/vm/case.sh" <<-'END'
		home=$(dirname "$0")/../../build/vm/$1
		mkdir -p "$home"
		echo "$1 $VM_TIER" >>"$home/../../../calls"
		. "$(dirname "$0")/../../plays/$1"
	END
	printf '%s|%s|busybox|full|two||check||what it proves\n' check good all late night night-only >"$T/tests/vm/cases/some.cases"
	echo 'echo "ok $1  what (3 s)"' | tee "$T/plays/good" "$T/plays/late" >"$T/plays/night-only"
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
}
boots() { sh "$T/tests/vm/run" "$@"; }

@test "a tier boots its cases and those of the tiers below it" {
	stand_ins
	boots --all
	[ "$(sort "$T/calls")" = "$(printf '%s\n' 'good all' 'late all')" ]
	run boots --night
	[ "${lines[-1]}" = "3 passed, 0 failed" ]
}

@test "a case that fails is run once more by itself: flaky when it passes then, else failed" {
	stand_ins
	echo '[ -e "$home.first" ] || { echo "not ok $1  what (3 s)" && exit; }; echo "ok $1  what (4 s)"' >"$T/plays/late"
	run boots --all
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "2 passed, 0 failed" ]
	[[ $output == *"ok late  what (4 s), passed the second time: flaky"* ]]
	[[ $output == *"late "*"flaky"*"4 s"* ]]
	[ -d "$T/build/vm/late.first" ]
	echo 'echo "not ok $1  what (3 s)"' >"$T/plays/late"
	: >"$T/calls"
	run boots --all
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "1 passed, 1 failed" ]
	[ "$(grep -c late "$T/calls")" = 2 ]
}

@test "a run that was broken off goes on with what has not passed" {
	stand_ins
	echo 'touch "$home/begun"; sleep 60' >"$T/plays/late"
	setsid sh "$T/tests/vm/run" --all >/dev/null &
	pid=$!
	for _ in $(seq 200); do
		! { [ -e "$T/build/vm/late/begun" ] && grep -q '^ok good' "$T"/build/vm/unfinished.*; } || break
		sleep 0.1
	done
	kill -KILL -- "-$pid"
	wait "$pid" || true
	: >"$T/calls"
	echo 'echo "ok $1  what (3 s)"' >"$T/plays/late"
	run boots --go-on --all
	[ "${lines[-1]}" = "2 passed, 0 failed" ]
	[ "$(cat "$T/calls")" = "late all" ]
	boots --go-on --all >/dev/null # that run is over
	grep -q good "$T/calls"
}
