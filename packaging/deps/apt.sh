#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apt.sh DIR WORDS...: runs "apt-get WORDS" on an apt of its own under DIR that knows the source
# packages of this machine's own release. The system's apt is only asked, never changed.
#
# The archive's address is what the system's apt uses (apt-get indextargets); signatures are
# checked as ever, against the keyring that the system's entry names, or Debian's own.
set -eu

dir=$1
shift

# Addresses are told only for indexes that are there: $1 = options of the apt to ask.
targets() {
	fmt="\$(REPO_URI)|\$(RELEASE)|\$(COMPONENT)|\$(SOURCESENTRY)|\$(ORIGIN)"
	# shellcheck disable=SC2086 # options are several words or none
	apt-get $1 indextargets --format "$fmt" 'Created-By: Packages' | sort -u
}

# An entry's own keyring ("Signed-By: /path" or "[signed-by=/path]"); FILE:LINE is apt's word for it.
keyring() {
	sed -n 's/.*[Ss]igned-[Bb]y[=:] *\(\/[^] ,]*\).*/\1/p' "${1%:*}" 2>/dev/null | head -n 1
}

write_sources() {
	all=$(targets "")
	if [ -z "$all" ]; then
		# Never updated: let the system's own entries fill our lists, and ask again.
		own="-c $dir/apt.conf -o Dir::Etc::sourcelist=sources.list -o Dir::Etc::sourceparts=sources.list.d"
		# shellcheck disable=SC2086
		apt-get $own -qq update
		all=$(targets "$own")
	fi
	debian=$(printf '%s\n' "$all" | grep '|Debian$') || debian=$all
	printf '%s\n' "$debian" | while IFS='|' read -r uri release component entry _; do
		key=$(keyring "$entry")
		for k in gpg pgp; do
			[ -n "$key" ] || key=$(ls /usr/share/keyrings/debian-archive-keyring.$k 2>/dev/null) || :
		done
		printf 'deb-src %s%s %s %s\n' "${key:+[signed-by=$key] }" "$uri" "$release" "$component"
	done
}

mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
dir=$(cd "$dir" && pwd)
cat >"$dir/apt.conf" <<EOF
Dir::State "$dir/state";
Dir::State::status "/dev/null";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "$(id -un)";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
if [ ! -s "$dir/sources.list" ]; then
	write_sources >"$dir/sources.list.new"
	if [ ! -s "$dir/sources.list.new" ]; then
		echo "apt.sh: this machine's apt names no archive to take source packages from" >&2
		exit 1
	fi
	mv "$dir/sources.list.new" "$dir/sources.list"
	apt-get -c "$dir/apt.conf" -qq update
fi
exec apt-get -c "$dir/apt.conf" "$@"
