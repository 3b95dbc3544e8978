#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What "make install" changes of other programs' files, and "make uninstall" takes back.

bats_require_minimum_version 1.5.0

setup() {
	D=$BATS_TEST_TMPDIR/root
	A=$D/etc/apparmor.d
	mkdir -p "$A/abstractions" "$A/local/abstractions"
}

install() { make -s install DESTDIR="$D"; }
uninstall() { make -s uninstall DESTDIR="$D"; }

# libvirt N: the end of its abstraction, which is all of it that is about drop-ins.
libvirt() {
	case $1 in
	9) echo '#include <local/abstractions/libvirt-qemu>' ;;
	11) printf '%s\n' 'include if exists <abstractions/libvirt-qemu.d>' \
		'include if exists <local/abstractions/libvirt-qemu>' ;;
	esac >"$A/abstractions/libvirt-qemu"
}

# The files that the parser lets a domain of libvirt's read.
rules() {
	echo 'profile domain { include <abstractions/libvirt-qemu> }' >"$BATS_TEST_TMPDIR/profile"
	apparmor_parser -QT -b "$A" --dump=rule-exprs "$BATS_TEST_TMPDIR/profile" 2>&1 |
		sed -n 's/^aare: \(\/[^ ]*\).*/\1/p' | sort -u | xargs
}

both='/run/gpurom/store/roms/*.rom /var/lib/gpurom/roms/*.rom'

@test "libvirt 9: a line in the administrator's file lets it look at the drop-in; all else there stays" {
	libvirt 9
	: >"$A/local/abstractions/libvirt-qemu"
	[ "$(rules)" = "" ]
	echo '/srv/** r,' >"$A/local/abstractions/libvirt-qemu"
	cp "$A/local/abstractions/libvirt-qemu" "$BATS_TEST_TMPDIR/before"
	install
	[ "$(rules)" = "/run/gpurom/store/roms/*.rom /srv/** /var/lib/gpurom/roms/*.rom" ]
	install
	[ "$(grep -c gpurom "$A/local/abstractions/libvirt-qemu")" = 1 ]
	uninstall
	cmp "$BATS_TEST_TMPDIR/before" "$A/local/abstractions/libvirt-qemu"
	[ "$(rules)" = "/srv/**" ]
}

# ours TEXT: the administrator's file, as printf has it; installed twice, the second time changes nothing.
ours() {
	libvirt 9
	# shellcheck disable=SC2059 # a format
	printf "$1" >"$A/local/abstractions/libvirt-qemu"
	install
	cp -p "$A/local/abstractions/libvirt-qemu" "$BATS_TEST_TMPDIR/once"
	install
	cmp "$BATS_TEST_TMPDIR/once" "$A/local/abstractions/libvirt-qemu"
	[ "$(grep -c '^include if exists <abstractions/libvirt-qemu.d> # by gpurom' "$BATS_TEST_TMPDIR/once")" = 1 ]
}

# left TEXT: what "make uninstall" leaves of it.
left() {
	uninstall
	# shellcheck disable=SC2059 # a format
	printf "$1" | cmp - "$A/local/abstractions/libvirt-qemu"
}

@test "libvirt 9, a last line that nobody ended: ours is a line of its own all the same" {
	ours '# our rules\n/srv/** r,\n# end of our rules'
	[ "$(rules)" = "/run/gpurom/store/roms/*.rom /srv/** /var/lib/gpurom/roms/*.rom" ]
	left '# our rules\n/srv/** r,\n# end of our rules\n'
}

@test "libvirt 9: what an earlier version glued to another line is taken apart" {
	line=$(sed -n "s/^line='\(.*\)'/\1/p" etc/other-programs.sh)
	for end in '' '\n' '\r\n' '\n/srv/** r,\n'; do
		ours "# end of our rules$line$end"
		[[ $(rules) == *"/var/lib/gpurom/roms/*.rom" ]]
		[ "$(head -n 1 "$A/local/abstractions/libvirt-qemu")" = "# end of our rules" ]
	done
	printf '# end of our rules%s' "$line" >"$A/local/abstractions/libvirt-qemu"
	left '# end of our rules\n'
}

@test "libvirt 9: a comment that mentions the folder makes nobody look into it; an include does, in any form" {
	ours '# see also abstractions/libvirt-qemu.d/ on newer libvirt\n# include <abstractions/libvirt-qemu.d>\n'
	[ "$(rules)" = "$both" ]
	for include in '#include <abstractions/libvirt-qemu.d>' 'include if exists <abstractions/libvirt-qemu.d>' \
		'  include "/etc/apparmor.d/abstractions/libvirt-qemu.d/gpurom"'; do
		echo "$include" >"$A/local/abstractions/libvirt-qemu"
		install
		[ "$(cat "$A/local/abstractions/libvirt-qemu")" = "$include" ]
	done
}

@test "libvirt 9: a file that an editor gave a PC's line ends" {
	ours '/srv/** r, # x\r\n'
	sed -i 's/\r*$/\r/' "$A/local/abstractions/libvirt-qemu"
	left '/srv/** r, # x\r\n'
	[ "$(rules)" = "/srv/**" ]
}

@test "libvirt 9, no such file yet: it is made, and stays, for libvirt's profile does not load without it" {
	libvirt 9
	rmdir "$A/local/abstractions" "$A/local"
	install
	[ "$(rules)" = "$both" ]
	uninstall
	[ -f "$A/local/abstractions/libvirt-qemu" ]
	[ ! -s "$A/local/abstractions/libvirt-qemu" ]
	[ "$(rules)" = "" ]
}

@test "libvirt 11: the drop-in alone" {
	libvirt 11
	install
	[ "$(rules)" = "$both" ]
	[ ! -e "$A/local/abstractions/libvirt-qemu" ]
	uninstall
	[ "$(rules)" = "" ]
}

@test "no libvirt: the drop-in lies ready, nothing else; libvirt 9 that comes later is served by a second install" {
	install
	[ -f "$A/abstractions/libvirt-qemu.d/gpurom" ]
	[ ! -e "$A/local/abstractions/libvirt-qemu" ]
	libvirt 9
	install
	[ "$(rules)" = "$both" ]
}

@test "SELinux: what virtual machines may read, and no more; no harm where the policy has none" {
	base=$BATS_TEST_TMPDIR/base.cil
	cat >"$base" <<-END
		(handleunknown allow) (mls true) (class file (read)) (classorder (file))
		(sid kernel) (sidorder (kernel)) (sensitivity s0) (sensitivityorder (s0))
		(category c0) (categoryorder (c0)) (sensitivitycategory s0 (c0)) (level low (s0))
		(levelrange all (low low)) (user system_u) (role object_r) (userrole system_u object_r)
		(userlevel system_u low) (userrange system_u all) (type kernel_t) (roletype object_r kernel_t)
		(sidcontext kernel (system_u object_r kernel_t all)) (allow kernel_t self (file (read)))
	END
	secilc -o "$base.bin" -f "$base.none" "$base" etc/selinux/gpurom.cil
	[ ! -s "$base.none" ]
	echo '(type virt_content_t)' >>"$base"
	secilc -o "$base.bin" -f "$base.files" "$base" etc/selinux/gpurom.cil
	for file in /var/lib/gpurom /var/lib/gpurom/by-path /var/lib/gpurom/roms/a.rom /run/gpurom/store/roms/a.rom \
		/var/run/gpurom/store; do
		run selabel_lookup -b file -f "$base.files" -k "$file"
		[ "$output" = "Default context: system_u:object_r:virt_content_t:s0" ]
	done
	for file in /var/lib/gpuroms /run/gpurom/report.json /var/lib; do
		run ! selabel_lookup -b file -f "$base.files" -k "$file"
	done
}

@test "Proxmox: a link to the store where Proxmox is; one that is another's stays" {
	install
	[ ! -e "$D/usr/share/kvm" ]
	mkdir "$D/usr/share/kvm"
	install
	[ "$(readlink "$D/usr/share/kvm/gpurom")" = /var/lib/gpurom/by-path ]
	ln -sfn /srv/roms/by-path "$D/usr/share/kvm/gpurom" # store=/srv/roms: commit laid it
	install
	[ "$(readlink "$D/usr/share/kvm/gpurom")" = /srv/roms/by-path ]
	uninstall
	[ ! -L "$D/usr/share/kvm/gpurom" ]
	ln -s /srv/others "$D/usr/share/kvm/gpurom"
	install
	uninstall
	[ "$(readlink "$D/usr/share/kvm/gpurom")" = /srv/others ]
}

@test "a word that is none: how it is called" {
	run -2 sh etc/other-programs.sh
	[[ $output == *"install|uninstall"* ]]
}
