#!/usr/bin/env bats
# The boots' checks are all in one shell: a name that is there twice would be another file's check.

@test "no check has the name of another" {
	twice=$(grep -hoE '^[a-z_]+\(\)' tests/vm/checks/*.sh | sort | uniq -d)
	[ -z "$twice" ]
}

@test "each case has a check, its cards, and a name of its own" {
	grep -hv '^#' tests/vm/cases/*.cases | while IFS='|' read -r core name _ _ cards _ check _; do
		grep -q "^$check() {" tests/vm/checks/*.sh || { echo "$name: no check $check" && exit 1; }
		[ -f "tests/vm/cards/$cards.cards" ] || { echo "$name: no cards $cards" && exit 1; }
		[ "$core" = + ] || [ "$(cat tests/vm/cases/*.cases | grep -cE "^(core)?\|$name\|")" = 1 ] ||
			{ echo "$name: twice" && exit 1; }
	done
}

@test "a name that is no case's is told, and nothing is made" {
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
