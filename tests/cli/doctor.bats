#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom doctor: what it says of made-up machines, in each of its forms. Each check by itself: tests/unit/doctor.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	printf ' 0: 3 IR-IO-APIC 2-edge timer\n' >"$R/proc/interrupts"
	kernel_module vfio-pci
}
teardown() { cli_teardown; }

# A machine whose cards were taken, and whose ROMs are stored.
healthy() {
	{
		onboard
		card 1 10de:2204 rom=a.rom
	} | a_boot 1
}

@test "a machine where all is right: exit status 0, and a line for each check" {
	healthy
	run --separate-stderr g doctor
	[ "$status" -eq 0 ] || fail "$output"
	[ -z "$stderr" ]
	has "$output" "  ok         host: on"
	has "$output" "  ok         host: interrupts are remapped"
	has "$output" "  ok         0000:00:02: stays with the host: not selected"
	has "$output" "  ok         0000:01:00: 2 functions on vfio-pci"
	has "$output" "  ok         0000:01:00: its IOMMU group, 1, is free for a VM"
	has "$output" "  ok         0000:01:00: stored and whole: /var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom"
	has "$output" "  ok         $(uname -r): has vfio-pci (it runs, and is the newest)"
	has "$output" ", 0 attention, 0 wrong"
}

@test "it writes nothing: not to a device, not to the store, not to the log" {
	healthy
	find "$R/run" "$R/var" "$R/etc" "$R/dev" -type f -exec sha256sum {} + | sort >"$T/before"
	g doctor
	g doctor 01:00 --json >/dev/null
	[ -z "$(writes)" ]
	find "$R/run" "$R/var" "$R/etc" "$R/dev" -type f -exec sha256sum {} + | sort | diff "$T/before" -
}

@test "a card on a driver of the host is wrong, with its cure, and the exit status is 3" {
	card 1 10de:2204 rom=a.rom driver=nouveau | machine
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  wrong      0000:01:00: 0000:01:00.0 is on nouveau, and should be on vfio-pci
             > gpurom take 0000:01:00"
}

@test "a damaged romfile, a mode that QEMU's user cannot read, another ROM in the flash" {
	healthy
	chmod o-r "$R"/var/lib/gpurom/roms/*.rom
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "QEMU's user cannot read the romfile: the mode of /var/lib/gpurom/roms/"
	has "$output" "             > chmod o+r /var/lib/gpurom/roms/"
	chmod o+r "$R"/var/lib/gpurom/roms/*.rom
	echo x >>"$(readlink -f "$(romfile 1)")"
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  wrong      0000:01:00: the stored file is damaged"
	rom a.rom 10de:2204 94.02.99.99.99
	rm -r "$R/var/lib/gpurom"
	healthy
	lacks "$(g doctor)" "the card's flash has another ROM"
	rom a.rom 10de:2204 94.02.11.11.11
	healthy
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  attention  0000:01:00: the card's flash has another ROM"
}

@test "a recorded card that is gone" {
	healthy
	onboard | machine
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  attention  pci0000-uid0-01.1-00: this recorded card is missing"
	has "$output" "gpurom forget pci0000-uid0-01.1-00"
}

@test "a device that blocks the group, and a framebuffer on the card" {
	{
		card 1 10de:2204 rom=a.rom driver=vfio-pci fb=efifb:efi-framebuffer fb_stays=1
		echo "fn 0000:01:01.0 144d:a808 010802 parent=0000:00:01.1 group=1 driver=nvme"
	} | machine
	ln -s "$R/sys/iomem" "$R/proc/iomem"
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  wrong      0000:01:00: 0000:01:01.0 144d:a808 on nvme, in IOMMU group 1"
	has "$output" "  wrong      0000:01:00: the kernel's framebuffer is on it"
}

@test "ids= of vfio-pci that name a card that stays, in modprobe.d and on the command line" {
	card 1 10de:2204 rom=a.rom driver=nouveau | machine
	mkdir -p "$R/etc/modprobe.d" "$R/usr/lib/modprobe.d"
	echo 'options vfio-pci ids=1002:0001,10de:2204 disable_vga=1' >"$R/etc/modprobe.d/a.conf"
	run g doctor --json --cmdline gpurom.keep=nvidia
	[ "$status" -eq 2 ] # --cmdline is an option of the program
	run g --cmdline gpurom.keep=01:00 doctor
	[ "$status" -eq 3 ]
	has "$output" "vfio-pci may take 0000:01:00.0 by its ids: 'options vfio-pci ids=1002:0001,10de:2204' in /etc/modprobe.d/a.conf"
	mv "$R/etc/modprobe.d/a.conf" "$R/usr/lib/modprobe.d/"
	has "$(g --cmdline gpurom.keep=01:00 doctor || :)" "in /usr/lib/modprobe.d/a.conf"
	# /etc hides it.
	: >"$R/etc/modprobe.d/a.conf"
	lacks "$(g --cmdline gpurom.keep=01:00 doctor || :)" "by its ids"
	has "$(g --cmdline 'gpurom.keep=01:00 vfio-pci.ids=10de:2204' doctor || :)" "ids=10de:2204 on the kernel command line"
}

@test "the kernel that boots next is first, where the boot loader's files name it; a bundle of the host knows it, too" {
	healthy
	mkdir -p "$R/lib/modules/1.0/kernel" "$R/lib/modules/99.0/kernel" "$R/boot/grub"
	run g doctor
	has "$output" "  wrong      99.0: has no vfio-pci (the newest, which boots next unless the boot loader is set otherwise)"
	# shellcheck disable=SC2016 # grub.cfg's own variable
	printf '%s\n' load_env 'set default="${saved_entry}"' "menuentry a --id new {" "linux /vmlinuz-99.0" "}" \
		"menuentry b --id old {" "linux /vmlinuz-1.0" "}" >"$R/boot/grub/grub.cfg"
	printf '%s\n' "# GRUB Environment Block" "saved_entry=old" >"$R/boot/grub/grubenv"
	next="  ok         host: the kernel that boots next is 1.0, says /boot/grub/grub.cfg
  wrong      1.0: has no vfio-pci (it boots next): the cards go to no VM when it has booted"
	run g doctor
	same "$status" 3
	has "$output" "$next"
	has "$output" "  attention  99.0: has no vfio-pci:"
	g bundle "$T/b.tar"
	mkdir "$T/b"
	tar -xf "$T/b.tar" -C "$T/b" --strip-components=1
	[ ! -e "$T/b/boot" ]
	has "$("$GPUROM" --root "$T/b" doctor || :)" "$next"
	sed -i s/old/gone/ "$R/boot/grub/grubenv"
	sed -i 's/99[.]0$/98.0/' "$R/boot/grub/grub.cfg"
	run g doctor
	lacks "$output" "boots next is"
	has "$output" "the newest, which boots next unless"
}

@test "a kernel without vfio-pci, and modprobe.d that keeps it out" {
	healthy
	mkdir -p "$R/lib/modules/0.0.1-none" "$R/lib/modules/0.0.2-left" "$R/etc/modprobe.d"
	: >"$R/lib/modules/0.0.1-none/modules.dep"
	printf 'blacklist nouveau\ninstall vfio_pci /bin/false\n' >"$R/etc/modprobe.d/b.conf"
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  attention  0.0.1-none: has no vfio-pci"
	lacks "$output" "0.0.2-left"
	has "$output" "  wrong      host: vfio-pci cannot be loaded: 'install vfio_pci /bin/false' in /etc/modprobe.d/b.conf"
	has "$output" "  ok         host: 'blacklist nouveau' in /etc/modprobe.d/b.conf: it does not matter"
}

@test "one card by name: nothing of the others" {
	{
		card 1 10de:2204 rom=a.rom driver=nouveau
		card 2 10de:2204 rom=a.rom driver=vfio-pci
	} | machine
	run g doctor 02:00.0
	has "$output" "0000:02:00:"
	lacks "$output" "0000:01:00"
	run g doctor 09:00.0
	[ "$status" -eq 1 ]
	run g doctor 01:00.0 02:00.0
	[ "$status" -eq 2 ]
}

@test "--json: one object, version first; levels, cures" {
	card 1 10de:2204 rom=a.rom driver=nouveau | machine
	run --separate-stderr g doctor --json
	[ "$status" -eq 3 ]
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "version level unseen checks" ]
	jq -e '.version == 1 and .level == "wrong"' <<<"$output"
	jq -e '.checks[] | select(.check == "driver") | .group == "cards" and .subject == "0000:01:00" and
		.level == "wrong" and .cure == "gpurom take 0000:01:00"' <<<"$output"
	jq -e '.checks[] | select(.check == "iommu") | .level == "ok" and .cure == null' <<<"$output"
	healthy
	[ "$(g doctor --json | jq -r .level)" = ok ]
}

@test "--format=nagios: one line with its numbers, exit status 0, 1, 2" {
	healthy
	run --separate-stderr g doctor --format=nagios
	[ "$status" -eq 0 ]
	[[ $output =~ ^GPUROM\ OK\ -\ [0-9]+\ checks\;\ unseen:\ [^\|]*\ \|\ ok=[0-9]+\ attention=0\;0\ wrong=0\;\;0$ ]] || fail "$output"
	onboard | machine
	run g doctor --format=nagios
	[ "$status" -eq 1 ]
	has "$output" "GPUROM WARNING - 0 wrong, "
	card 1 10de:2204 driver=nouveau | machine
	run g doctor --format=nagios
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	has "$output" "GPUROM CRITICAL - "
	run g doctor --format=xml
	[ "$status" -eq 2 ]
	run g doctor --format=nagios --json
	[ "$status" -eq 2 ]
}

@test "--format=prometheus: a sample for each check" {
	card 1 10de:2204 driver=nouveau | machine
	run --separate-stderr g doctor --format=prometheus
	[ "$status" -eq 3 ]
	has "$output" '# TYPE gpurom_check gauge'
	has "$output" 'gpurom_check{group="cards",check="driver",subject="0000:01:00"} 2'
	has "$output" 'gpurom_check{group="IOMMU",check="iommu",subject="host"} 0'
	has "$output" 'gpurom_doctor 2'
	! grep -vE '^(#|gpurom_(check\{[^}]*\}|doctor) -?[0-9]+$)' <<<"$output" || fail "a line that is no sample"
}

@test "a machine without a card: nothing is wrong" {
	echo "fn 0000:00:1f.2 8086:2922 010601 driver=ahci" | machine
	run g doctor
	[ "$status" -eq 0 ] || fail "$output"
	has "$output" "no display card: nothing to check of one"
}

@test "a container, nobody, and no PCI bus: one line says what cannot be seen" {
	healthy
	: >"$R/run/.containerenv"
	run g doctor
	[ "$status" -eq 0 ]
	[ "$(grep -c '^unseen: this is a container' <<<"$output")" -eq 1 ]
	cli_teardown
	run g doctor
	[ "$status" -eq 1 ]
	has "$output" "unseen: the PCI buses cannot be read, this is a container"
	run g doctor --format=nagios
	[ "$status" -eq 3 ]
}

@test "who is nobody gets an answer, and no exit status of a crash" {
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups -- "$GPUROM" doctor
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || [ "$status" -eq 1 ] || fail "$status" "$output" "$stderr"
	[ "$(grep -c '^unseen: ' <<<"$output")" -eq 1 ]
}

@test "a device that never answers: doctor ends in time, and names it" {
	card 1 10de:2204 rom=a.rom driver=vfio-pci all_hang=1 | machine
	run within 20000 g doctor
	lacks "$output" "not done in time"
	has "$output" "  attention  host: 1 PCI functions cannot be read: 0000:01:00.0"
	card 1 10de:2204 rom=a.rom driver=vfio-pci config_hang=1 | machine
	run within 20000 g doctor
	has "$output" "  wrong      0000:01:00: does not answer"
}

@test "a mapping of Proxmox VE: each line of this node, and the new line of one that no longer fits" {
	healthy
	mkdir -p "$R/etc/pve/mapping" "$R/proc/sys/kernel"
	echo pve1.example.org >"$R/proc/sys/kernel/hostname"
	maps=$R/etc/pve/mapping/pci.cfg
	right=id=10de:2204,subsystem-id=1462:3896,iommugroup=1
	printf 'gpu\n\tmap node=pve1,path=0000:01:00,%s\n\tmap node=pve2,path=0000:41:00,%s\n' $right $right >"$maps"
	run g doctor
	[ "$status" -eq 0 ] || fail "$output"
	has "$output" "  ok         gpu: line 2 of /etc/pve/mapping/pci.cfg fits this host"
	lacks "$output" "line 3"
	# Several lines of a node are devices to choose from: Proxmox VE refuses if any of them does not fit.
	printf '\tmap node=pve1,path=0000:05:00,id=10de:2206\nold\n\tmap node=pve1,path=0000:02:00,%s\n' $right >>"$maps"
	run g doctor
	[ "$status" -eq 3 ]
	has "$output" "  ok         gpu: line 2 of "
	has "$output" "  wrong      gpu: line 4 of /etc/pve/mapping/pci.cfg no longer fits this host, and Proxmox does not start a VM with this mapping: nothing is at 0000:05:00.0
             > gpurom snippet CARD --proxmox --mapping gpu prints the new line of CARD, a graphics card; if there is none, take the line out"
	has "$output" "  wrong      old: line 6 of "
	run g doctor --format=prometheus
	has "$output" 'gpurom_check{group="VMs",check="mapping",subject="old"} 2'
	# The card has another address: the cure names it, and what it prints fits.
	printf 'gpu\n\tmap node=pve1,path=0000:04:00,%s\n' $right >"$maps"
	run g doctor
	has "$output" "nothing is at 0000:04:00.0
             > gpurom snippet 0000:01:00 --proxmox --mapping gpu prints the new line"
	g snippet 0000:01:00 --proxmox --mapping gpu >"$maps"
	run g doctor
	[ "$status" -eq 0 ] || fail "$output"
	has "$output" "  ok         gpu: line 3 of "
}
