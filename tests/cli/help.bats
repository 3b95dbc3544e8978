#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a person is answered who asks for help, or mistypes.

# shellcheck disable=SC2154 # what run sets
load lib

setup() { cli_setup; }
teardown() { cli_teardown; }

# The usage line of each command, without "usage: gpurom ".
listed() { "$GPUROM" --help | sed -n '/^exit status/q; s/^  \([a-z]\)/\1/p'; }

# mistake WHAT MESSAGE: MESSAGE and one line of usage on standard error, exit 2.
mistake() {
	# shellcheck disable=SC2086 # words
	run --separate-stderr g $1
	same "$status $output" "2 "
	same "$(head -n 1 <<<"$stderr")" "gpurom: $2"
	[[ $(sed 1d <<<"$stderr") =~ ^usage:\ gpurom\ [^$'\n']*$ ]] || fail "no line of usage:" "$stderr"
}

@test "help COMMAND and COMMAND --help: usage, each option with a line, exit status, an example" {
	[ "$(listed | wc -l)" -gt 20 ]
	while read -r usage; do
		command=${usage%% *}
		run --separate-stderr g help "$command"
		same "$status $stderr" "0 "
		same "${lines[0]}" "usage: gpurom $usage"
		same "$(g "$command" --help)" "$output"
		same "$(g --root "$T/nowhere" "$command" --help)" "$output"
		for option in $(grep -oE -- '--[a-z-]+' <<<"$usage") --help; do
			grep -qE -- "^  $option([ =].*)?  *[^ ]" <<<"$output" || fail "$command: no line: $option"
		done
		# No other option, and more than the one line of the list.
		# shellcheck disable=SC2013 # words
		for option in $(sed -n 's/^  \(--[a-z-]*\).*/\1/p' <<<"$output" | grep -vx -- --help); do
			has "$usage" "$option"
		done
		[ "$(sed -n '3,/^$/p' <<<"$output" | wc -w)" -gt 8 ] || fail "$command: too short:" "$output"
		has "$output" "$(statuses "$command")"
		lacks "$output" $'\t'
	done < <(listed)
	has "$(g help snippet)" $'example:\n  gpurom snippet 01:00.0 --libvirt'
}

# Of the steps of a boot none fails; what makes an image is no step of a boot.
statuses() {
	case $1 in
	claim | capture | settle | boot | commit | late) echo "exit status: 0 whatever it meets, 2 usage" ;;
	*) echo "exit status: 0 done, 1 failed, 2 usage" ;;
	esac
}

@test "which commands end with 0 whatever they meet: the list, the manual and the program say the same" {
	run g help
	has "$output" "
steps of a boot (exit status 0, whatever they meet), and what makes its image (1: failed):
  claim "
	run "$GPUROM_INITRAMFS" --help
	has "$output" "
steps of a boot (exit status 0, whatever they meet):
  claim "
	lacks "$output" note-image
	has "$(mandoc -T ascii "$top/man/gpurom.8" | sed 's/.\x08//g' | tr -s ' \n' ' ')" \
		"Their exit status is 0 whatever they meet, except for bad usage, and for note-image."
	# There is no machine at all.
	for step in claim capture settle boot commit "late 01:00.0"; do
		# shellcheck disable=SC2086 # words
		"$GPUROM" --root "$R" $step 2>/dev/null 3>&- || fail "$step: $?"
	done
	run g note-image --kernel 6.1.0 --by x --image "$T/nowhere"
	same "$status" 1
}

@test "help is --help, version is --version" {
	same "$(g help)" "$(g --help)"
	same "$(g version)" "$(g --version)"
	mistake "help lst" "lst: no such command; did you mean 'list'?"
}

@test "the initramfs's program has the usage line alone" {
	run --separate-stderr "$GPUROM_INITRAMFS" list --help
	same "$status $stderr $output" "0  usage: gpurom list"
}

@test "a command that is near is suggested; one that is not, nor one of several, is not" {
	mistake lsit "lsit: no such command; did you mean 'list'?"
	mistake hist "hist: no such command; did you mean 'history'?"
	mistake Snippet "Snippet: no such command; did you mean 'snippet'?"
	mistake frobnicate "frobnicate: no such command"
	mistake "re" "re: no such command"
}

@test "an option: one message, with the one that is near" {
	mistake "snippet --jsno x" "snippet: --jsno: no such option; did you mean --json?"
	mistake "list --jsn=1" "list: --jsn: no such option; did you mean --json?"
	mistake "list -j" "list: -j: no such option; did you mean --json?"
	mistake "list --json -jx" "list: -jx: no such option; did you mean --json?"
	mistake "list -h" "list: -h: no such option; did you mean --help?"
	mistake "list --frobnicate" "list: --frobnicate: no such option"
	mistake "list --json=yes" "list: --json= is 1 or 2"
	mistake "trim a b --tail" "trim: --tail needs a value"
	mistake "snippet x --h" "snippet: --h: could be --hide-kvm or --help"
	mistake "capture --force" "capture: --force: no such option"
	mistake "--rot=/ list" "--rot: no such option; did you mean --root?"
	mistake "--root" "--root needs a value"
}

@test "what is missing is asked for, arguments first" {
	mistake snippet "snippet: one card is needed"
	mistake "snippet --qemu" "snippet: one card is needed"
	mistake "snippet 01:00.0" "snippet: --libvirt, --qemu or --proxmox is needed"
	mistake "import --card=1" "import: a file and --card=CARD, please"
	mistake show "show: one file, please"
}
