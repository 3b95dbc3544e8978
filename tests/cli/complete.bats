#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the shells offer behind "gpurom": etc/completion, as installed, with a real shell.
# shellcheck disable=SC2154,SC2016 # what lib sets; what other shells expand

load lib

setup() {
	cli_setup
	P=$T/prefix
	mkdir -p "$P/bin" "$P/share/gpurom/complete"
	ln -s "$GPUROM" "$P/bin/gpurom"
	cp "$top/etc/completion/words" "$P/share/gpurom/complete/words"
	ln -s "$(dirname "$GPUROM")/gpurom-domain" "$P/bin/gpurom-domain"
	cp "$top/etc/completion/domain-words" "$P/share/gpurom/complete/domain-words"
	chmod 755 "$P/share/gpurom/complete/"*
	PATH=$P/bin:$PATH
}
teardown() { cli_teardown; }

words() { "$P/share/gpurom/complete/words" "$@"; }

# What bash offers at the end of LINE.
bash_offers() {
	bash -c '. "$1"; COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=(${2%% *}) COMP_CWORD=1
		_gpurom; printf "%s\n" "${COMPREPLY[@]}"' bash "$top/etc/completion/gpurom.bash" "$1"
}

command_names() { "$GPUROM" --help | sed -n 's/^  \([a-z][a-z-]*\).*/\1/p'; }

@test "every command" {
	diff <(words "") <(command_names)
	[ "$(bash_offers "gpurom sh")" = show ]
	bash_offers "gpurom help ver" | grep -qx version
}

@test "every option of every command's usage line, and no other" {
	for c in $(command_names); do
		diff <(words "$c" -- | sed 's/=$//' | sort -u) \
			<({ "$GPUROM" "$c" --help | sed -n 1p | grep -oE -e '--[a-z-]+' || :; echo --help; } | sort -u)
	done
	[ "$(bash_offers "gpurom list --no")" = --noheadings ]
	[ "$(bash_offers "gpurom list --col")" = --columns= ]
}

@test "values of options" {
	diff <(words dump --source=) <(printf -- '--source=%s\n' sysfs efi prom vfio shadow)
	diff <(words doctor --format=) <(printf -- '--format=%s\n' nagios prometheus)
	[ "$(words trim --tail=)" = --tail=keep ]
	diff <(words import --allow-mismatch=) <(printf -- '--allow-mismatch=%s\n' vendor device subsystem class)
	words list --columns= | grep -qx -- --columns=DRIVER
	[ "$(bash_offers "gpurom dump --source=sy")" = sysfs ]
}

@test "cards by address and path name; bash replaces what is behind the last colon" {
	{
		onboard
		card 1 10de:2204
	} | machine
	words --root "$R" snippet "" | grep -qx 0000:01:00.0
	words --root "$R" snippet "" | grep -qx pci0000-uid0-01.1-00
	words --root "$R" import --card= | grep -qx -- --card=0000:01:00.0
	[ "$(bash_offers "gpurom --root $R snippet 0000:01")" = 01:00.0 ]
}

@test "recorded cards that are not here, by path name, where a command takes them" {
	{
		onboard
		card 1 10de:2204
		card 2 10de:2206
	} | a_boot 1
	{
		onboard
		card 1 10de:2204
	} | a_boot 2
	for c in history forget pin remap; do
		words --root "$R" $c "" | grep -qx pci0000-uid0-01.2-00 || fail "$c"
		words --root "$R" $c "" | grep -qx pci0000-uid0-01.1-00 || fail "$c"
	done
	for c in snippet take release doctor resolve; do
		run words --root "$R" $c ""
		has "$output" pci0000-uid0-01.1-00
		lacks "$output" pci0000-uid0-01.2-00
	done
}

@test "gpurom-domain: its commands, options, and VMs of Proxmox VE" {
	domain() { "$P/share/gpurom/complete/domain-words" "$@"; }
	diff <(domain "") <(printf '%s\n' check fix)
	diff <(domain --) <(printf '%s\n' --root --cmdline --help --version)
	diff <(domain check --) <(printf '%s\n' --warn-only --hook --json --proxmox)
	diff <(domain --root / fix --) <(printf '%s\n' --diff --proxmox)
	[ "$(domain --root "")" = / ]
	[ -z "$(domain --cmdline "")" ]
	[ -z "$(domain check "")" ]
	mkdir -p "$R/etc/pve/qemu-server"
	touch "$R/etc/pve/qemu-server/100.conf" "$R/etc/pve/qemu-server/x.conf"
	diff <(domain --root "$R" check --proxmox "") <(printf '%s\n' 100 /)
	[ "$(bash_offers "gpurom-domain check --w")" = --warn-only ]
	[ "$(bash_offers "gpurom-domain --root $R fix --proxmox 1")" = 100 ]
	rm "$P/bin/gpurom-domain"
	run domain ""
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

@test "files where a file is wanted" {
	[ "$(words show "")" = / ]
	[ "$(words --root "")" = / ]
	[ -z "$(words show --card=)" ]
	[ -z "$(words --cmdline "")" ]
}

@test "a program that hangs does not hold the shell, and nothing is printed on errors" {
	rm "$P/bin/gpurom"
	printf '#!/bin/sh\nexec sleep 20\n' >"$P/bin/gpurom"
	chmod 755 "$P/bin/gpurom"
	SECONDS=0
	run words ""
	[ "$SECONDS" -lt 10 ]
	[ "$status" -eq 0 ] && [ -z "$output" ]
	rm "$P/bin/gpurom"
	run words show ""
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

@test "fish offers the same" {
	command -v fish >/dev/null || skip "no fish"
	run fish --no-config -c 'source $argv[1]; complete -C "gpurom sh"' "$top/etc/completion/gpurom.fish"
	[ "$output" = show ]
	run fish --no-config -c 'source $argv[1]; complete -C "gpurom dump --source=sy"' "$top/etc/completion/gpurom.fish"
	[ "$output" = --source=sysfs ]
	run fish --no-config -c 'source $argv[1]; complete -C "gpurom-domain fix --di"' "$top/etc/completion/gpurom.fish"
	[ "$output" = --diff ]
}

@test "zsh offers the same" {
	command -v zsh >/dev/null || skip "no zsh"
	mkdir "$T/z"
	cp "$top/etc/completion/_gpurom" "$T/z/_gpurom"
	run timeout 40 zsh -f -c '
		zmodload zsh/zpty
		zpty z "TERM=dumb zsh -f -i"
		zpty -w z "fpath=($1 \$fpath); autoload -U compinit; compinit -u -d $1/dump; PS1=; echo rea\"\"dy"
		zpty -r z out "*ready*"
		zpty -w -n z "gpurom dump --source=sy"$'"'\\t'"'
		zpty -r z out "*sysfs*" && print found
		zpty -w -n z $'"'\\x15'"'"gpurom-domain fix --di"$'"'\\t'"'
		zpty -r z out "*--diff*" && print diff too' zsh "$T/z"
	[[ $output == *found*"diff too"* ]]
}
