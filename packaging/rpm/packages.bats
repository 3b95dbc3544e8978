#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The RPM packages: built by Debian's rpm, checked by rpmlint, installed, upgraded and removed by rpm in a root that has
# a shell and, in the place of dracut and systemctl, programs that note how they are called. As root, for rpm --root. What
# only Fedora has is not tried: its macros, its dracut, its SELinux.
# shellcheck disable=SC2154 # what run sets
bats_require_minimum_version 1.5.0

setup_file() {
	export SOURCE_DATE_EPOCH=1764000000 TOP=$PWD
	make -s rpm >/dev/null
	make -s dist >/dev/null
	# The same program as a newer version, with another gpurom.conf: from the tarball, in another folder and language.
	mkdir "$BATS_FILE_TMPDIR/newer"
	cd "$BATS_FILE_TMPDIR/newer" || return
	tar -xzf "$TOP"/build/dist/gpurom-*.tar.gz --strip-components=1
	sed -i 's/^\(Release: *\)1/\12/; s,^# Below\, by,echo "# newer" >>%{buildroot}/etc/gpurom.conf\n&,' packaging/rpm/gpurom.spec
	umask 077
	TZ=Asia/Tokyo LC_ALL=C unshare --net make -s rpm >/dev/null
}

setup() {
	R=$BATS_TEST_TMPDIR/root
	T=$BATS_TEST_TMPDIR
	first=$TOP/build/rpm
	newer=$BATS_FILE_TMPDIR/newer/build/rpm
}

arch=$(uname -m)

# stub PROGRAM COMMAND: in the place of the program.
stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$R/usr/bin/$1"
	chmod 755 "$R/usr/bin/$1"
}

# new_root [PROGRAMS]: what a host has before; programs that note their calls.
new_root() {
	mkdir -p "$R/usr/bin" "$R/usr/sbin" "$R/tmp" "$R/dev" "$R/etc/apparmor.d/abstractions" "$R/usr/share/kvm"
	ln -s usr/bin usr/sbin "$R/"
	# shellcheck disable=SC2046 # files
	cp --parents -L /bin/busybox $(ldd /bin/busybox | grep -o '/[^ ]*') "$R/"
	for program in $(busybox --list); do
		[ "$program" = busybox ] || ln -s busybox "$R/usr/bin/$program"
	done
	for program in ${1-dracut systemctl semodule}; do
		stub "$program" "echo \"$program \$*\" >>/calls"
	done
	: >"$R/etc/apparmor.d/abstractions/libvirt-qemu"
	: >"$R/calls"
	: >"$R/dev/null"
	rpm --root "$R" --initdb
}

rpm_in() {
	rpm --root "$R" "$@"
}

# Called since the last time.
calls() {
	cat "$R/calls"
	: >"$R/calls"
}

# Folders that other packages have, too, are rpm's to remove.
files() {
	(cd "$R" && find . \( -path ./var/lib/rpm -o -path ./calls \) -prune -o ! -type d -print | sort)
}

unpacked() {
	mkdir "$T/$1"
	(cd "$T/$1" && for package in "$2"/gpurom-1*."$arch".rpm "$2"/gpurom-guard-*."$arch".rpm; do
		rpm2cpio "$package" | cpio -idm --quiet
	done)
}

units="gpurom-commit.service gpurom-early.service gpurom-metrics.service"

@test "the packages are what rpmlint has nothing to say of, but for what its file of exceptions explains" {
	run rpmlint -r packaging/rpm/gpurom.rpmlintrc "$first"/*.rpm packaging/rpm/gpurom.spec
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "$output" | grep -c ': [EW]: ')" = 0 ]
}

@test "the version is the one of VERSION, and the newest entry of the changelog is of it" {
	[ "$(rpm -qp --qf '%{VERSION} %{CHANGELOGNAME}' "$first"/gpurom-1*.src.rpm)" = \
		"$(cat VERSION) the gpurom authors <gpurom@packages.invalid> - $(cat VERSION)-1" ]
}

@test "the installed program is at most 96 KiB of each image, as the one that make makes" {
	unpacked x "$first"
	[ "$(zstd -19 -c "$T/x/usr/lib/gpurom/gpurom-initramfs" | wc -c)" -le 98304 ]
	[ "$("$T/x/usr/bin/gpurom" --version)" = "gpurom $(cat VERSION)" ]
}

@test "two builds, the second from the tarball, without git and network, in another folder and time zone, are the same bytes" {
	cd "$BATS_FILE_TMPDIR"
	cp -r newer again
	cd again
	rm -r build
	cp "$TOP/packaging/rpm/gpurom.spec" packaging/rpm/
	(umask 002 && TZ=America/Lima LC_ALL=C.UTF-8 unshare --net make -s -j4 rpm >/dev/null)
	(cd "$first" && sha256sum -- *.rpm) >"$T/sums"
	cat "$T/sums" >&3
	(cd build/rpm && sha256sum -c --quiet "$T/sums")
}

@test "install: what make install installs but for initramfs-tools' and mkinitcpio's files, with the same modes" {
	make -s install DESTDIR="$T/made" PACKAGED=1
	unpacked x "$first"
	tree() {
		(cd "$1" && find . -type f ! -path './usr/share/doc/*' ! -path './usr/share/licenses/*' "${@:2}" -printf '%m %p\n' | sed 's/\.gz$//' | sort)
	}
	diff <(tree "$T/made" ! -path './usr/share/initramfs-tools/*' ! -path './usr/lib/initcpio/*') <(tree "$T/x")
	for doc in README.md CHANGELOG.md SECURITY.md LICENSE LIBRARIES.md; do
		find "$T/x/usr/share" -name "$doc" | grep -q .
	done
	# Every file belongs to root.
	[ "$(rpm -qp --qf '[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]' "$first"/*."$arch".rpm | sort -u)" = root:root ]
}

@test "install, upgrade, remove: images follow, what an administrator changed stays, and the store" {
	new_root
	files >"$T/before"
	rpm_in -i --nodeps "$first"/gpurom-1*."$arch".rpm "$first"/gpurom-guard-*."$arch".rpm
	calls >"$T/calls"
	cat "$T/calls"
	[ "$(grep '^systemctl' "$T/calls")" = "systemctl --no-reload preset $units" ]
	[ "$(grep '^dracut' "$T/calls")" = "dracut --regenerate-all --force" ]
	[ "$(grep '^semodule' "$T/calls")" = "semodule -i /usr/share/selinux/packages/gpurom.cil" ]
	[ "$(readlink "$R/usr/share/kvm/gpurom")" = /var/lib/gpurom/by-path ]
	grep -q libvirt-qemu.d "$R/etc/apparmor.d/local/abstractions/libvirt-qemu"
	rpm_in -V --nodeps gpurom gpurom-guard
	# The preset, by systemd itself.
	# shellcheck disable=SC2086 # three words
	systemctl -q --root="$R" preset $units
	for unit in $units; do
		[ "$(systemctl --root="$R" is-enabled "$unit")" = enabled ]
	done
	systemctl -q --root="$R" disable gpurom-metrics.service

	echo 'keep=boot-vga' >"$R/etc/gpurom.conf"
	mkdir -p "$R/var/lib/gpurom/roms"
	rpm_in -U --nodeps "$newer"/gpurom-1*."$arch".rpm "$newer"/gpurom-guard-*."$arch".rpm
	calls >"$T/calls"
	cat "$T/calls"
	[ "$(rpm_in -q gpurom)" = "gpurom-$(cat VERSION)-2.$arch" ]
	[ "$(grep -c '^dracut' "$T/calls")" = 1 ]
	[ "$(grep -c '^systemctl' "$T/calls")" = 0 ]
	[ "$(grep -c '^semodule -i' "$T/calls")" = 1 ]
	[ "$(grep -c '^semodule -r' "$T/calls")" = 0 ]
	[ -L "$R/usr/share/kvm/gpurom" ]
	[ "$(cat "$R/etc/gpurom.conf")" = keep=boot-vga ]
	grep -qx '# newer' "$R/etc/gpurom.conf.rpmnew"
	rm "$R/etc/gpurom.conf.rpmnew"
	run systemctl --root="$R" is-enabled gpurom-metrics.service
	[ "$output" = disabled ]

	rpm_in -e --nodeps gpurom-guard gpurom
	calls >"$T/calls"
	cat "$T/calls"
	[ "$(grep '^systemctl' "$T/calls")" = "systemctl --no-reload disable --now $units" ]
	[ "$(grep '^semodule' "$T/calls")" = "semodule -r gpurom" ]
	[ "$(grep '^dracut' "$T/calls")" = "dracut --regenerate-all --force" ]
	[ "$(cat "$R/etc/gpurom.conf.rpmsave")" = keep=boot-vga ]
	rm "$R/etc/gpurom.conf.rpmsave"
	[ -d "$R/var/lib/gpurom/roms" ]
	# systemctl of the test wrote the links; the empty local file of AppArmor stays, as other-programs.sh says.
	rm -r "$R/var/lib/gpurom" "$R/etc/systemd" "$R/etc/apparmor.d/local"
	diff "$T/before" <(files) | sed -n '/^[<>]/p' >"$T/left"
	cat "$T/left"
	[ ! -s "$T/left" ]
	[ -z "$(cd "$R" && find . -name '*gpurom*')" ]
}

@test "install: where dracut, systemctl and semodule are not, or fail, the package is there all the same" {
	new_root ''
	run rpm_in -i --nodeps "$first"/gpurom-1*."$arch".rpm "$first"/gpurom-guard-*."$arch".rpm
	[ "$status" -eq 0 ]
	[[ $output == *"gpurom: dracut is not here: no image has gpurom"* ]]
	rpm_in -e --nodeps gpurom gpurom-guard
	for program in dracut systemctl semodule; do
		stub $program 'exit 1'
	done
	run rpm_in -i --nodeps "$first"/gpurom-1*."$arch".rpm "$first"/gpurom-guard-*."$arch".rpm
	[ "$status" -eq 0 ]
	[[ $output == *"gpurom: an image could not be made: see above"* ]]
	rpm_in -q gpurom gpurom-guard
	run rpm_in -e --nodeps gpurom gpurom-guard
	[ "$status" -eq 0 ]
	[[ $output == *"it still has gpurom"* ]]
}

@test "the guard: SELinux' tools that come later are told of the store, too" {
	new_root dracut
	rpm_in -i --nodeps "$first"/gpurom-1*."$arch".rpm "$first"/gpurom-guard-*."$arch".rpm
	[ "$(calls | grep -c semodule)" = 0 ]
	cat >"$T/later.spec" <<-'END'
		Name: later
		Version: 1
		Release: 1
		Summary: comes later
		License: none
		BuildArch: noarch
		%description
		A program of SELinux.
		%install
		mkdir -p %{buildroot}/usr/bin
		printf '#!/bin/sh\necho "semodule $*" >>/calls\n' >%{buildroot}/usr/bin/semodule
		chmod 755 %{buildroot}/usr/bin/semodule
		%files
		/usr/bin/semodule
	END
	rpmbuild -bb --define "_topdir $T/later" "$T/later.spec" >/dev/null 2>&1
	rpm_in -i --nodeps "$T"/later/RPMS/noarch/later-1-1.noarch.rpm
	[ "$(calls | grep semodule)" = "semodule -i /usr/share/selinux/packages/gpurom.cil" ]
}
