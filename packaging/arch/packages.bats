#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The packages for Arch Linux: built by makepkg as an ordinary user and without a network, installed, upgraded and removed
# by pacman in a root that has a shell and, in the place of mkinitcpio, dracut and systemctl, programs that note how they
# are called. As root, for pacman --root. What only Arch has is not tried: its mkinitcpio, its musl.
# shellcheck disable=SC2154 # what run sets
bats_require_minimum_version 1.5.0

setup_file() {
	export TOP=$PWD
	[ -e vendor/VERSIONS ] || make -s vendor
	unshare --net make -s arch >/dev/null
	# The same program as a newer version, with another gpurom.conf: the package's own files, changed.
	mkdir "$BATS_FILE_TMPDIR/newer"
	for package in gpurom gpurom-guard; do
		mkdir "$BATS_FILE_TMPDIR/x"
		bsdtar -xpf "build/arch/$package"-1.*.pkg.tar.zst -C "$BATS_FILE_TMPDIR/x"
		(
			cd "$BATS_FILE_TMPDIR/x" || exit
			sed -i '/^\(pkgver\|depend\) = /s/-1$/-2/' .PKGINFO
			[ "$package" = gpurom-guard ] || echo '# newer' >>etc/gpurom.conf
			rm .MTREE
			bsdtar --uid 0 --gid 0 -czf "../newer/$package.pkg.tar.gz" .PKGINFO .INSTALL [a-z]*
		)
		rm -r "$BATS_FILE_TMPDIR/x"
	done
}

setup() {
	R=$BATS_TEST_TMPDIR/root
	T=$BATS_TEST_TMPDIR
	first=$TOP/build/arch
	newer=$BATS_FILE_TMPDIR/newer
}

# stub PROGRAM COMMAND: in the place of the program.
stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$R/usr/bin/$1"
	chmod 755 "$R/usr/bin/$1"
}

# new_root [PROGRAMS]: what a host has before; programs that note their calls; mkinitcpio's hook of pacman.
new_root() {
	mkdir -p "$R/usr/bin" "$R/tmp" "$R/dev" "$R/etc/apparmor.d/abstractions" "$R/var/lib/pacman" "$R/usr/share/libalpm/hooks"
	ln -s usr/bin usr/lib "$R/"
	mkdir "$R/usr/lib"
	ln -s usr/bin "$R/sbin"
	ln -s usr/lib "$R/lib64"
	# shellcheck disable=SC2046 # files
	cp --parents -L /bin/busybox $(ldd /bin/busybox | grep -o '/[^ ]*') "$R/"
	for program in $(busybox --list) bash; do
		[ "$program" = busybox ] || ln -sf busybox "$R/usr/bin/$program"
	done
	for program in ${1-mkinitcpio dracut systemctl}; do
		stub "$program" "echo \"$program \$*\" >>/calls"
	done
	cat >"$R/usr/share/libalpm/hooks/90-mkinitcpio-install.hook" <<-'END'
		[Trigger]
		Type = Path
		Operation = Install
		Operation = Upgrade
		Operation = Remove
		Target = usr/lib/initcpio/*
		[Action]
		Description = Updating images...
		When = PostTransaction
		Exec = /bin/sh -c "! command -v mkinitcpio >/dev/null || mkinitcpio -P"
	END
	: >"$R/etc/apparmor.d/abstractions/libvirt-qemu"
	: >"$R/calls"
	: >"$R/dev/null"
	chmod 666 "$R/dev/null"
}

pacman_in() {
	pacman --root "$R" --dbpath "$R/var/lib/pacman" --config "$T/pacman.conf" --hookdir "$R/usr/share/libalpm/hooks" \
		--cachedir "$T/cache" --logfile "$T/pacman.log" "$@"
}

# Called since the last time.
calls() {
	cat "$R/calls"
	: >"$R/calls"
}

files() {
	(cd "$R" && find . \( -path ./var/lib/pacman -o -path ./calls -o -path ./dev \) -prune -o -print | sort)
}

units="gpurom-commit.service gpurom-early.service gpurom-metrics.service"

@test "the version is the one of VERSION; the files belong to root; what an administrator may change is kept" {
	for package in gpurom gpurom-guard; do
		bsdtar -xOf "$first/$package"-1.*.zst .PKGINFO >"$T/info"
		grep -qx "pkgver = $(cat VERSION)-1" "$T/info"
		[ "$(bsdtar -tvf "$first/$package"-1.*.zst | awk '{ print $3, $4 }' | sort -u)" = "root root" ]
		bsdtar -tf "$first/$package"-1.*.zst | grep '^etc/.*[^/]$' | sort >"$T/etc"
		sed -n 's/^backup = //p' "$T/info" | sort | diff - "$T/etc"
	done
}

@test "the installed program is at most 96 KiB of each image, as the one that make makes" {
	bsdtar -xf "$first"/gpurom-1.*.zst -C "$T"
	[ "$(zstd -19 -c "$T/usr/lib/gpurom/gpurom-initramfs" | wc -c)" -le 98304 ]
	[ "$("$T/usr/bin/gpurom" --version)" = "gpurom $(cat VERSION)" ]
}

@test "the files are those of make install but for initramfs-tools', with the same modes" {
	make -s install DESTDIR="$T/made" PACKAGED=1
	mkdir "$T/x"
	bsdtar -xpf "$first"/gpurom-1.*.zst -C "$T/x"
	bsdtar -xpf "$first"/gpurom-guard-1.*.zst -C "$T/x"
	tree() {
		(cd "$1" && find . -type f ! -path './.*' ! -name LICENSE "${@:2}" -printf '%m %p\n' | sed 's/\.gz$//' | sort)
	}
	diff <(tree "$T/made" ! -path './usr/share/initramfs-tools/*') \
		<(tree "$T/x" ! -path './etc/mkinitcpio.conf.d/*' ! -path './usr/share/libalpm/*')
	[ -f "$T/x/usr/share/licenses/gpurom/LICENSE" ]
	[ -f "$T/x/usr/share/licenses/gpurom-guard/LICENSE" ]
}

@test "install, upgrade, remove: images follow, what an administrator changed stays, and the store" {
	new_root
	: >"$T/pacman.conf"
	files >"$T/before"
	pacman_in -Udd --noconfirm "$first"/gpurom-1.*.zst "$first"/gpurom-guard-1.*.zst
	calls >"$T/calls"
	cat "$T/calls"
	[ "$(cat "$T/calls")" = "systemctl --no-reload preset $units
mkinitcpio -P" ]
	grep -q libvirt-qemu.d "$R/etc/apparmor.d/local/abstractions/libvirt-qemu"
	# The preset, by systemd itself.
	# shellcheck disable=SC2086 # three words
	systemctl -q --root="$R" preset $units
	for unit in $units; do
		[ "$(systemctl --root="$R" is-enabled "$unit")" = enabled ]
	done
	systemctl -q --root="$R" disable gpurom-metrics.service

	echo 'keep=boot-vga' >"$R/etc/gpurom.conf"
	mkdir -p "$R/var/lib/gpurom/roms"
	pacman_in -Udd --noconfirm "$newer"/*.gz
	[ "$(calls)" = "mkinitcpio -P" ]
	[ "$(pacman_in -Q gpurom gpurom-guard)" = "$(printf '%s\n' "gpurom $(cat VERSION)-2" "gpurom-guard $(cat VERSION)-2")" ]
	[ "$(cat "$R/etc/gpurom.conf")" = keep=boot-vga ]
	grep -qx '# newer' "$R/etc/gpurom.conf.pacnew"
	rm "$R/etc/gpurom.conf.pacnew"
	run systemctl --root="$R" is-enabled gpurom-metrics.service
	[ "$output" = disabled ]

	pacman_in -Rdd --noconfirm gpurom gpurom-guard
	[ "$(calls)" = "systemctl --no-reload disable $units
mkinitcpio -P" ]
	[ "$(cat "$R/etc/gpurom.conf.pacsave")" = keep=boot-vga ]
	rm "$R/etc/gpurom.conf.pacsave"
	[ -d "$R/var/lib/gpurom/roms" ]
	# systemctl of the test wrote the links; the empty local file of AppArmor stays, as other-programs.sh says.
	rm -r "$R/var/lib/gpurom" "$R/etc/systemd" "$R/etc/apparmor.d/local"
	diff "$T/before" <(files) | sed -n '/^[<>]/p' >"$T/left"
	cat "$T/left"
	[ ! -s "$T/left" ]
}

@test "without mkinitcpio dracut makes the images; without either, or without systemctl, the package is there all the same" {
	: >"$T/pacman.conf"
	new_root 'dracut'
	pacman_in -Udd --noconfirm "$first"/gpurom-1.*.zst
	[ "$(calls)" = "dracut --regenerate-all --force" ]
	stub dracut 'exit 1'
	run pacman_in -Rdd --noconfirm gpurom
	[ "$status" -eq 0 ]
	rm "$R/usr/bin/dracut"
	run pacman_in -Udd --noconfirm "$first"/gpurom-1.*.zst
	[ "$status" -eq 0 ]
	[[ $output == *"gpurom: neither mkinitcpio nor dracut is here: no image has gpurom"* ]]
	pacman_in -Q gpurom
}

@test "mkinitcpio's configuration: the hook gpurom comes before those that load drivers, once" {
	after() {
		bash -c "HOOKS=($1); . packaging/arch/mkinitcpio.conf; . packaging/arch/mkinitcpio.conf; echo \${HOOKS[*]}"
	}
	[ "$(after 'base udev autodetect block')" = "base gpurom udev autodetect block" ]
	[ "$(after '"base udev block"')" = "base gpurom udev block" ]
	[ "$(after 'base systemd block')" = "base gpurom systemd block" ]
	[ "$(after 'systemd block')" = "gpurom systemd block" ]
	[ "$(after 'base udev block gpurom')" = "base udev block gpurom" ]
}
