#!/usr/bin/env bats
# gpurom snippet: what is pasted into a VM definition.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	machine < <(
		onboard
		card 1 10de:2204 rom=a.rom
		card 2 10de:2331
	)
}
teardown() { cli_teardown; }

ROMFILE=/var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom

stored() { boot_steps && step commit && forget_writes; }
# The snippet in the place of a domain, to ask for parts of it.
domain() {
	echo "<domain>"
	g snippet "$@" --libvirt
	echo "</domain>"
}
xpath() { xmllint --xpath "$1" "$T/domain"; }

@test "--libvirt: an element a function, the romfile on the display function alone" {
	stored
	domain 01:00.0 >"$T/domain"
	same "$(xpath 'count(/domain/hostdev[@mode="subsystem"][@type="pci"][@managed="no"])')" 2
	same "$(xpath 'count(//hostdev)')" 2
	same "$(xpath 'count(//rom)')" 1
	same "$(xpath 'string(//hostdev[source/address/@function="0x0"]/rom/@file)')" "$ROMFILE"
	same "$(xpath 'string(//hostdev[1]/source/address/@bus)')" 0x01
	same "$(xpath 'string(//hostdev[2]/source/address/@function)')" 0x1
	same "$(xpath 'count(//hostdev/address[@bus=//hostdev[1]/address/@bus])')" 2
	same "$(xpath 'string(//hostdev[1]/address/@multifunction)')" on
	same "$(xpath 'count(//features)')" 0
	[ -s "$R$ROMFILE" ]
}

@test "--hide-kvm: the features element, and one comment on when it is needed" {
	stored
	domain 01:00.0 --hide-kvm >"$T/domain"
	same "$(xpath 'string(/domain/features/kvm/hidden/@state)')" on
	same "$(grep -c "still need this" "$T/domain")" 1
}

@test "--qemu: a device a function, the romfile on the display function alone" {
	stored
	run --separate-stderr g snippet 01:00.0 --qemu
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	same "$(grep -c -- "-device vfio-pci,host=0000:01:00\.[01]," <<<"$output")" 2
	same "$(grep -c romfile= <<<"$output")" 1
	grep -F "host=0000:01:00.0," <<<"$output" | grep -qF ",romfile=$ROMFILE"
	lacks "$output" kvm=off
	has "$(g snippet 01:00.0 --qemu --hide-kvm)" ",kvm=off"
}

@test "--qemu: a shell takes it as arguments" {
	stored
	{
		printf '%s \\\n' "printf '%s\n' x"
		g snippet 01:00.0 --qemu --hide-kvm | grep -v '^#'
	} | sh >"$T/args"
	same "$(sed -n 1,3p "$T/args" | tr '\n' ' ')" "x -cpu host,kvm=off "
	same "$(grep -c '^vfio-pci,' "$T/args")" 2
}

@test "a card is named by any of its functions, its slot, its ids, its path" {
	stored
	g snippet 01:00.0 --libvirt >"$T/want"
	for name in 0000:01:00.0 01:00 0000:01:00 01:00.1 10de:2204 path:pci0000-uid0-01.1-00 pci0000-uid0-01.1-00; do
		g snippet "$name" --libvirt | diff "$T/want" - || fail "$name"
	done
}

@test "no store yet: no romfile is named, and it is said when one is needed" {
	domain 01:00.0 >"$T/domain"
	same "$(xpath 'count(//hostdev)')" 2
	same "$(xpath 'count(//rom)')" 0
	has "$(cat "$T/domain")" "no romfile is known"
	lacks "$(g snippet 01:00.0 --qemu)" romfile=
	lacks "$(g snippet 02:00.0 --qemu)" romfile=
}

@test "a name that means no card, or two: said, exit 1" {
	run --separate-stderr g snippet 07:00.0 --libvirt
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	has "$stderr" "gpurom: 07:00.0: no such card"
	run --separate-stderr g snippet nvidia --qemu
	[ "$status" -eq 1 ]
	has "$stderr" "2 cards are meant"
	run --separate-stderr g snippet zz --qemu
	[ "$status" -eq 1 ]
	has "$stderr" "gpurom: zz: "
}

@test "the form and the card are needed: exit 2" {
	for words in "01:00.0" "--libvirt" "--libvirt 01:00.0 02:00.0"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr g snippet $words
		[ "$status" -eq 2 ] || fail "$words: exit $status"
		[ -z "$output" ]
	done
}

@test "nothing is written" {
	g snippet 01:00.0 --libvirt >/dev/null
	g snippet 01:00.0 --qemu --hide-kvm >/dev/null
	[ -z "$(writes)" ]
	no_files
}
