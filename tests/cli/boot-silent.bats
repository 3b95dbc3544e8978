#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The EFI system partition may be mounted when somebody looks into it, and the disk of /boot may have gone: who asks which
# kernel boots next ends in time, and does not know it.
# shellcheck disable=SC2030,SC2031 # what run sets

load lib

next="the kernel that boots next is 1.0"

setup() {
	cli_setup
	rom a.rom 10de:2204
	{
		card 1 10de:2204 rom=a.rom
		echo "fn 0000:00:1f.0 8086:1111 010802 driver=nvme config_hang=1"
	} | a_boot 1
	mkdir -p "$R/lib/modules/1.0/kernel" "$R/lib/modules/99.0/kernel" "$R/boot/grub" "$R/boot/efi" "$R/efi"
	printf 'menuentry a {\nlinux /vmlinuz-1.0\n}\n' >"$R/boot/grub/grub.cfg"
}

teardown() {
	end_silent
	cli_teardown
}

# A child that is left behind keeps nobody waiting for the end of the output.
piped() { "$@" 2>&1 | cat; }

# doctor_goes_on: it judges the kernels as if nothing were known of the next one.
doctor_goes_on() {
	within 8000 piped g doctor >"$T/out"
	lacks "$(cat "$T/out")" "boots next is"
	has "$(cat "$T/out")" "99.0: has no vfio-pci (the newest, which boots next unless the boot loader is set otherwise)"
}

@test "while it answers the kernel is known" {
	has "$(g doctor || :)" "$next"
}

@test "the EFI system partition hangs, at /boot/efi or /efi" {
	mount_silent /boot/efi
	doctor_goes_on
	end_silent
	mount_silent /efi
	doctor_goes_on
}

@test "all of /boot hangs; a bundle is made all the same" {
	mount_silent /boot
	doctor_goes_on
	within 20000 g bundle "$T/b.tar" >/dev/null
	same "$(tar -xOf "$T/b.tar" --wildcards "*/.gpurom-bundle" | sed "1,3d" | tr "\n" .)" ..
}

@test "a file of it hangs, and no signal ends who reads it" {
	ln -sf "$(realpath -s --relative-to="$R/boot/grub" "$R/sys/bus/pci/devices/0000:00:1f.0/config")" "$R/boot/grub/grub.cfg"
	doctor_goes_on
}
