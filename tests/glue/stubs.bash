# SPDX-License-Identifier: GPL-2.0-or-later
# Stands the boot glue up in a folder of its own: stubs that log their calls, and copies of our files
# whose absolute paths lead into that folder.
# shellcheck shell=bash disable=SC2034 # used by those who load it

bats_require_minimum_version 1.5.0

# The shells that run the glue in real images: busybox in most of initramfs-tools', klibc's in its
# small ones, dash and bash in dracut's.
SHELLS=(dash bash "busybox sh" /usr/lib/klibc/bin/sh)

glue_setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	T=$BATS_TEST_TMPDIR/t
	mkdir -p "$T/bin" "$T/run" "$T/proc" "$T/lib"
	: >"$T/calls"
}

# stub NAME [BODY]: a program on the glue's PATH that logs its name and words, then does BODY.
stub() {
	printf '#!/bin/dash\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$T" "${2-}" >"$T/bin/$1"
	chmod 755 "$T/bin/$1"
}

# stub_program NAME [CAPTURE]: a claim that takes cards leaves a report; CAPTURE is what capture does.
stub_program() {
	stub "$1" "case \$* in
	*claim) /bin/mkdir -p $T/run/gpurom && echo {} >$T/run/gpurom/report.json ;;
	*capture) ${2-:} ;;
	esac"
}

# For stub_program: works until the test calls open_gate, or five seconds where it never does.
behind_gate() {
	echo "i=0; until [ -e $T/gate ] || [ \$i = 500 ]; do i=\$((i + 1)); /bin/sleep 0.01; done
	/bin/rm -f $T/gate; echo worked >>$T/calls"
}

open_gate() {
	: >"$T/gate"
	await_call worked
}

# For stub_program: where standard input, output and error lead.
tell_fds() {
	echo "for fd in 0 1 2; do echo \"fd \$(/bin/readlink /proc/\$\$/fd/\$fd)\" >>$T/calls; done
	echo told >>$T/calls"
}

# place FILE: prints the path of its copy.
place() {
	local to=$T/glue/${1##*/}
	mkdir -p "$T/glue"
	sed -E "s#(^|[[:space:]\"'])/(run|proc|lib|etc|usr/share|usr/lib)/#\1$T/\2/#g" "$top/$1" >"$to"
	chmod --reference="$top/$1" "$to"
	echo "$to"
}

# in_image SHELL WORDS...: with nothing on the PATH but the stubs.
in_image() {
	local shell=$1
	shift
	# shellcheck disable=SC2086 # "busybox sh" is two words
	set -- $shell "$@"
	timeout 20 env -i PATH="$T/bin" MODPROBE_OPTIONS=-qb "$(command -v "$1")" "${@:2}" 3>&-
}

calls() {
	cat "$T/calls"
}

# What runs in the background is waited for, not slept for.
await_call() {
	local i
	for i in {1..500}; do
		! grep -qx "$1" "$T/calls" || return 0
		sleep 0.01
	done
	echo "no call '$1' among:" && calls
	return 1
}
