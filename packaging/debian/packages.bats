#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages, built and installed, upgraded, removed and purged by dpkg in a root of their own that has an image
# already. As root; roots are those of tests/vm. GENERATORS: the variants to try (tests/vm/variant.sh).
# shellcheck disable=SC2154 # what run sets
bats_require_minimum_version 1.5.0

setup_file() {
	export vm_dir=$PWD/tests/vm
	make -s deb >/dev/null
	# The same program as a newer version.
	for deb in build/deb/gpurom_*_*.deb build/deb/gpurom-guard_*.deb; do
		dpkg-deb -R "$deb" "$BATS_FILE_TMPDIR/newer"
		sed -i '/^Version:/s/-1/-2/; s/(= \(.*\)-1)/(= \1-2)/' "$BATS_FILE_TMPDIR/newer/DEBIAN/control"
		mkdir -p "$BATS_FILE_TMPDIR/debs"
		dpkg-deb --root-owner-group -b "$BATS_FILE_TMPDIR/newer" "$BATS_FILE_TMPDIR/debs" >/dev/null
		rm -r "$BATS_FILE_TMPDIR/newer"
	done
}

# in_root ROOT COMMAND...: as tests/vm does it.
in_root() {
	bash -c '. "$vm_dir/lib.sh"; in_root "$@"' lib.sh "$@"
}

# has_gpurom ROOT: does the image of its kernel take cards?
has_gpurom() {
	image=$(cd "$1" && echo boot/initrd.img-*)
	if [ -x "$1/usr/bin/lsinitramfs" ]; then
		in_root "$1" lsinitramfs "/$image" | grep -qx usr/bin/gpurom
	else
		in_root "$1" lsinitrd "/$image" | grep -q ' usr/bin/gpurom$'
	fi
}

# What is there beside dpkg's own notes, images and caches.
files() {
	(cd "$1" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./run -o -path ./boot \
		-o -path ./var/lib/initramfs-tools -o -path ./tmp -o -path ./var/tmp \) -prune -o -print | sort)
}

@test "the packages are what lintian, pedantic, has nothing to say of" {
	run lintian --allow-root --pedantic --info build/deb/gpurom_*.changes
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "$output" | grep -c '^[EWIP]:')" = 0 ]
}

@test "two builds, the second from the tarball, in another folder, language, time zone and umask, are the same bytes" {
	T=$BATS_TEST_TMPDIR/another/folder
	make -s dist >/dev/null
	mkdir -p "$T"
	tar -xzf build/dist/gpurom-*.tar.gz -C "$T" --strip-components=1
	(cd "$T" && umask 077 && TZ=Asia/Tokyo LC_ALL=C unshare --net make -s deb >/dev/null)
	(cd build/deb && sha256sum ./*.deb) | tee "$BATS_TEST_TMPDIR/sums" >&3
	(cd "$T/build/deb" && sha256sum -c --quiet "$BATS_TEST_TMPDIR/sums")
}

@test "the installed program is at most 96 KiB of each image, as the one that make makes" {
	dpkg-deb -x build/deb/gpurom_*_*.deb "$BATS_TEST_TMPDIR/x"
	[ "$(zstd -19 -c "$BATS_TEST_TMPDIR/x/usr/lib/gpurom/gpurom-initramfs" | wc -c)" -le 98304 ]
}

@test "install, upgrade, remove, purge: images follow, what an administrator changed stays, and the store" {
	for variant in ${GENERATORS:-initramfs-tools dracut}; do
		before=$(sh tests/vm/variant.sh "$variant")/root
		made=$(sh tests/vm/packages.sh "$variant" build/deb/gpurom_*_*.deb build/deb/gpurom-guard_*_*.deb)
		R=$BATS_TEST_TMPDIR/$variant
		cp -a "$made/root" "$R"
		has_gpurom "$R"
		for unit in commit early metrics; do
			[ "$(systemctl --root="$R" is-enabled gpurom-$unit.service)" = enabled ]
		done
		in_root "$R" gpurom --version | grep -q '^gpurom 1'
		in_root "$R" gpurom-domain --version >/dev/null

		echo 'keep=boot-vga' >"$R/etc/gpurom.conf"
		systemctl -q --root="$R" disable gpurom-metrics.service
		mkdir -p "$R/var/lib/gpurom/roms"
		cp "$BATS_FILE_TMPDIR"/debs/*.deb "$R/tmp/"
		in_root "$R" sh -c 'dpkg -i /tmp/*.deb' >"$BATS_TEST_TMPDIR/log" 2>&1
		[ "$(grep -c '^Processing triggers for gpurom ' "$BATS_TEST_TMPDIR/log")" = 1 ]
		has_gpurom "$R"
		[ "$(cat "$R/etc/gpurom.conf")" = keep=boot-vga ]
		run systemctl --root="$R" is-enabled gpurom-metrics.service
		[ "$output" = disabled ]

		in_root "$R" dpkg --remove gpurom-guard gpurom
		run has_gpurom "$R"
		[ "$status" -ne 0 ]
		[ "$(cat "$R/etc/gpurom.conf")" = keep=boot-vga ]
		# libvirt's hook stays until the purge; it lets VMs start, and says nothing.
		run --separate-stderr in_root "$R" sh /etc/libvirt/hooks/qemu.d/gpurom vm prepare begin - <<<'<domain/>'
		[ "$status" -eq 0 ]
		[ "$output$stderr" = "" ]

		in_root "$R" dpkg --purge gpurom-guard gpurom
		[ -d "$R/var/lib/gpurom/roms" ]
		rm -r "$R/var/lib/gpurom"
		diff <(files "$before") <(files "$R") | sed -n '/^[<>]/p' >"$BATS_TEST_TMPDIR/left"
		cat "$BATS_TEST_TMPDIR/left"
		[ ! -s "$BATS_TEST_TMPDIR/left" ]
		rm -rf "$R"
	done
}
