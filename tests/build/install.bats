#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make install puts things where Debian's tools look; make uninstall takes exactly those away.

setup() {
	D=$BATS_TEST_TMPDIR/root
	make -s install DESTDIR="$D"
}

files() {
	(cd "$D" && find . ! -type d | sort)
}

@test "the program, the man pages and the configuration" {
	[ -x "$D/usr/bin/gpurom" ]
	cmp build/gpurom "$D/usr/bin/gpurom"
	cmp man/gpurom.8 "$D/usr/share/man/man8/gpurom.8"
	cmp man/gpurom.5 "$D/usr/share/man/man5/gpurom.5"
	cmp etc/gpurom.conf "$D/etc/gpurom.conf"
}

@test "the program for images, where no PATH leads" {
	cmp build/gpurom-initramfs "$D/usr/lib/gpurom/gpurom-initramfs"
	[ -x "$D/usr/lib/gpurom/gpurom-initramfs" ]
	cmp build/gpurom-init "$D/usr/lib/gpurom/gpurom-init"
	cmp etc/gpurom-cpio "$D/usr/lib/gpurom/gpurom-cpio"
	[ -x "$D/usr/lib/gpurom/gpurom-cpio" ]
}

@test "gpurom-domain, its man page and libvirt's hook" {
	cmp build/gpurom-domain "$D/usr/bin/gpurom-domain"
	[ -x "$D/usr/bin/gpurom-domain" ]
	cmp man/gpurom-domain.8 "$D/usr/share/man/man8/gpurom-domain.8"
	cmp etc/libvirt/hook "$D/etc/libvirt/hooks/qemu.d/gpurom"
	[ -x "$D/etc/libvirt/hooks/qemu.d/gpurom" ]
}

@test "what makes an image names gpurom, and never gpurom-domain" {
	run grep -rlF gpurom-domain "$D/usr/lib/dracut" "$D/usr/share/initramfs-tools" "$D/usr/lib/initcpio" "$D/usr/lib/systemd"
	[ "$status" -eq 1 ]
	grep -rqw gpurom "$D/usr/lib/dracut"
	grep -rqw gpurom "$D/usr/share/initramfs-tools/hooks"
	grep -rqw gpurom "$D/usr/lib/initcpio/install"
	# Nor by a pattern.
	run grep -rnE 'gpurom[-*?[]*\*' "$D/usr/lib/dracut" "$D/usr/share/initramfs-tools/hooks" "$D/usr/lib/initcpio"
	[ "$status" -eq 1 ]
}

@test "the dracut module" {
	[ -x "$D/usr/lib/dracut/modules.d/50gpurom/module-setup.sh" ]
	for f in dracut-module/50gpurom/*; do
		cmp "$f" "$D/usr/lib/dracut/modules.d/50gpurom/${f##*/}"
	done
}

@test "the initramfs-tools hook and scripts" {
	for f in hooks/gpurom scripts/init-top/00-gpurom scripts/init-bottom/gpurom; do
		[ -x "$D/usr/share/initramfs-tools/$f" ]
		cmp "initramfs-tools/$f" "$D/usr/share/initramfs-tools/$f"
	done
}

@test "mkinitcpio's hooks" {
	for f in install hooks; do
		cmp "mkinitcpio/$f/gpurom" "$D/usr/lib/initcpio/$f/gpurom"
	done
}

# What systemd itself says of the tree: systemctl reads it without starting anything.
@test "units are enabled as by systemctl; disabling them holds at the next installation; presets say the same" {
	enabled() { systemctl --root="$D" is-enabled "gpurom-$1.service"; }
	for unit in commit early metrics; do
		[ "$(enabled $unit)" = enabled ]
	done
	systemctl -q --root="$D" disable gpurom-early.service
	make -s install DESTDIR="$D"
	run enabled early
	[ "$output" = disabled ]
	[ "$(enabled commit)" = enabled ]
	systemctl -q --root="$D" disable gpurom-commit.service gpurom-metrics.service
	systemctl -q --root="$D" preset gpurom-commit.service gpurom-early.service gpurom-metrics.service
	for unit in commit early metrics; do
		[ "$(enabled $unit)" = enabled ]
	done
}

@test "the links of versions before 1.0, which nobody could disable, become ones of /etc" {
	units=$D/usr/lib/systemd/system
	rm -r "$D/etc/systemd"
	mkdir "$units/multi-user.target.wants"
	ln -s ../gpurom-commit.service "$units/multi-user.target.wants/gpurom-commit.service"
	make -s install DESTDIR="$D"
	[ ! -L "$units/multi-user.target.wants/gpurom-commit.service" ]
	[ "$(readlink "$D/etc/systemd/system/multi-user.target.wants/gpurom-commit.service")" = \
		/usr/lib/systemd/system/gpurom-commit.service ]
	[ ! -e "$D/etc/systemd/system/sysinit.target.wants" ]
}

@test "a umask of 077 gives the same modes" {
	(umask 077 && make -s install DESTDIR="$D.077")
	[ "$(cd "$D.077" && find . -mindepth 1 -printf '%m %p\n' | sort)" = "$(cd "$D" && find . -mindepth 1 -printf '%m %p\n' | sort)" ]
}

@test "PACKAGED=1 only copies: nothing is enabled, no copies are kept, no other program is changed" {
	mkdir -p "$D.p/usr/share/kvm" "$D.p/etc/apparmor.d/abstractions"
	: >"$D.p/etc/apparmor.d/abstractions/libvirt-qemu"
	make -s install DESTDIR="$D.p" PACKAGED=1
	[ ! -e "$D.p/etc/systemd" ]
	[ ! -e "$D.p/usr/share/gpurom/installed" ]
	[ ! -e "$D.p/usr/share/kvm/gpurom" ]
	[ ! -e "$D.p/etc/apparmor.d/local" ]
	cmp etc/gpurom.conf "$D.p/etc/gpurom.conf"
	[ -x "$D.p/etc/libvirt/hooks/qemu.d/gpurom" ]
}

# udev goes by the files' names: 80-drivers.rules has the driver loaded.
@test "udev's rule, before the one that loads drivers; its unit and its command are there, and nothing enables the unit" {
	rules=$D/usr/lib/udev/rules.d
	[ "$(ls "$rules")" = 65-gpurom.rules ]
	grep -q "gpurom late --hold " "$rules/65-gpurom.rules"
	"$D/usr/bin/gpurom" --help | grep -q "^  late \[--hold\] ADDRESS"
	[ "$(grep -cF "start gpurom-late@\$kernel.service" "$rules/65-gpurom.rules")" = 2 ]
	[ -f "$D/usr/lib/systemd/system/gpurom-late@.service" ]
	run grep -rl gpurom-late "$D/usr/lib/systemd/system" --include='*.wants'
	[ "$status" -ne 0 ]
}

@test "completion, where bash, zsh and fish look" {
	cmp etc/completion/gpurom.bash "$D/usr/share/bash-completion/completions/gpurom"
	cmp etc/completion/gpurom.bash "$D/usr/share/bash-completion/completions/gpurom-domain"
	cmp etc/completion/_gpurom "$D/usr/share/zsh/site-functions/_gpurom"
	cmp etc/completion/gpurom.fish "$D/usr/share/fish/vendor_completions.d/gpurom.fish"
	cmp etc/completion/gpurom.fish "$D/usr/share/fish/vendor_completions.d/gpurom-domain.fish"
	[ -x "$D/usr/share/gpurom/complete/words" ]
	[ -x "$D/usr/share/gpurom/complete/domain-words" ]
	[ -x "$D/usr/share/gpurom/complete/words" ]
	"$D/usr/share/gpurom/complete/words" sh | grep -qx show
}

@test "PREFIX moves all but the configuration" {
	make -s install DESTDIR="$BATS_TEST_TMPDIR/p" PREFIX=/opt/x
	[ -x "$BATS_TEST_TMPDIR/p/opt/x/bin/gpurom" ]
	[ -x "$BATS_TEST_TMPDIR/p/opt/x/lib/gpurom/gpurom-initramfs" ]
	[ -f "$BATS_TEST_TMPDIR/p/etc/gpurom.conf" ]
	[ ! -e "$BATS_TEST_TMPDIR/p/usr" ]
}

@test "uninstall leaves nothing" {
	make -s uninstall DESTDIR="$D"
	[ -z "$(files)" ]
	[ ! -e "$D/usr/lib/dracut/modules.d/50gpurom" ]
	[ ! -e "$D/usr/lib/gpurom" ]
}

@test "uninstall leaves what is not ours" {
	touch "$D/usr/bin/other" "$D/usr/lib/dracut/modules.d/50gpurom/local.sh"
	make -s uninstall DESTDIR="$D"
	[ "$(files)" = "$(printf '%s\n' ./usr/bin/other ./usr/lib/dracut/modules.d/50gpurom/local.sh)" ]
}

@test "a configuration that was changed outlives install and uninstall" {
	echo 'keep=boot-vga' >"$D/etc/gpurom.conf"
	run make -s install DESTDIR="$D"
	[ "$status" -eq 0 ]
	[[ $output == *"kept as it is"* ]]
	run make -s uninstall DESTDIR="$D"
	[[ $output == *"kept, it was changed"* ]]
	[ "$(cat "$D/etc/gpurom.conf")" = 'keep=boot-vga' ]
	[ "$(files)" = ./etc/gpurom.conf ]
}

hook=etc/libvirt/hooks/qemu.d/gpurom
dropin=etc/apparmor.d/abstractions/libvirt-qemu.d/gpurom

@test "an edited hook and drop-in are kept, and said to be; the ones of this version are there to be compared" {
	for f in "$hook" "$dropin"; do
		echo '# edited' >>"$D/$f"
	done
	run make -s install DESTDIR="$D"
	[ "$status" -eq 0 ]
	for f in "$hook" "$dropin"; do
		[[ $output == *"kept as it is, it was changed: $D/$f (the one of this version is $D/usr/share/gpurom/installed/$f)"* ]]
		grep -qx '# edited' "$D/$f"
	done
	cmp etc/libvirt/hook "$D/usr/share/gpurom/installed/$hook"
	[ ! -x "$D/usr/share/gpurom/installed/$hook" ]
	# Nothing beside them that libvirt or AppArmor would read, too.
	[ "$(cd "$D" && find etc -type f ! -path 'etc/systemd/*' | sort | xargs)" = "$dropin etc/gpurom.conf $hook" ]
	run make -s uninstall DESTDIR="$D"
	[[ $output == *"kept, it was changed: $D/$hook"* ]]
	[[ $output == *"kept, it was changed: $D/$dropin"* ]]
	[ "$(files)" = "$(printf '%s\n' "./$dropin" "./$hook")" ]
}

@test "a file that nobody edited follows the new version; one that was removed or laid as a link stays so" {
	for f in "$hook" "$dropin" etc/gpurom.conf; do
		echo "of an earlier version" >"$D/$f"
		cp "$D/$f" "$D/usr/share/gpurom/installed/$f"
	done
	rm "$D/$dropin"
	ln -sf /usr/share/gpurom/installed/etc/gpurom.conf "$D/etc/gpurom.conf"
	run make -s install DESTDIR="$D"
	[ "$status" -eq 0 ]
	cmp etc/libvirt/hook "$D/$hook"
	[ -x "$D/$hook" ]
	[ ! -e "$D/$dropin" ]
	[[ $output == *"not installed again, it was removed: $D/$dropin"* ]]
	[ -L "$D/etc/gpurom.conf" ]
	[[ $output == *"kept as it is, it was changed: $D/etc/gpurom.conf"* ]]
	[[ $output != *"$hook"* ]]
	make -s uninstall DESTDIR="$D"
	[ "$(files)" = ./etc/gpurom.conf ]
	# What was uninstalled is forgotten: a new installation is whole.
	make -s install DESTDIR="$D"
	cmp etc/apparmor/gpurom "$D/$dropin"
}

@test "uninstalling twice, or what was never installed, is no error" {
	make -s uninstall DESTDIR="$D"
	make -s uninstall DESTDIR="$D"
	make -s uninstall DESTDIR="$BATS_TEST_TMPDIR/never"
}
