# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/libvirt.cases. A section is a step of the guest's, see extra/libvirt/usr/local/lib/nested.sh.
# shellcheck shell=sh disable=SC2154 # case.sh's variables

# In a root that has libvirt, "make install" changes more: here that is done in the guest.
prepare_libvirt() {
	mkdir -p "$out/more/usr/local/sbin"
	cp "$top/etc/other-programs.sh" "$out/more/usr/local/sbin/"
	put "$out/more"
	rm -r "$out/more"
}

prepare_trixie_libvirt() {
	prepare_libvirt
}

expect_said() {
	section "$1" | grep -qE "$2" || wrong "$1: no line like: $2; but: $(section "$1" | head -n 10)"
}

expect_done() {
	for step; do
		expect_said "$step" '^exit 0$'
	done
}

# expect_refused STEP PATTERN: by libvirt, which repeats what the hook said.
expect_refused() {
	expect_said "$1" '^exit 1$'
	expect_said "$1" "Hook script .*$2"
}

# expect_firmware STEP: it found the x86 image of the ROM and copied it; the guest sees the whole file.
expect_firmware() {
	expect_said "$1" "^shadow $(sha256sum <"$roms/modern-x86.rom" | cut -d' ' -f1)\$"
	expect_said "$1" "^bar $(sha256sum <"$roms/modern.rom" | cut -d' ' -f1)\$"
}

defined_and_run() {
	expect_done define-main edit-twin define-bare define-replaced define-cut define-foreign validate
	expect_said denied 'failed to find romfile "/var/lib/gpurom/by-path/pci0000-uid0-0b.0-00.rom"'
	expect_said audit 'apparmor="DENIED" operation="open" .*name="/var/lib/gpurom/roms/[0-9a-f]*\.rom"'
	expect_done restart start
	expect_firmware firmware
	expect_said doctor '^  ok  *0000:07:00: in use: qemu-system-x86[^ ]* \([0-9]+\), /dev/vfio/[0-9]+$'
	expect_said doctor '^  ok  *main: its cards and romfiles are right$'
	expect_said doctor '^  wrong  *foreign: 0000:06:00\.0: its romfile is that of the card at pci0000-uid0-0b\.0-00'
	expect_said confined '^libvirt-.* \(enforce\)$'
	expect_refused guarded-foreign \
		'0000:06:00\.0: its romfile is that of the card at pci0000-uid0-0b\.0-00, but its card is at pci0000-uid0-09'
	expect_firmware plain-firmware
	expect_done plain-json
	expect_said plain-json 'host = "0000:07:00\.0"'
	expect_said plain-json 'host = "0000:07:00\.1"'
	expect_said plain-json 'romfile = "/var/lib/gpurom/by-path/pci0000-uid0-0b\.0-00\.rom"'
}

# The sentences of gpurom-domain, and what libvirt has of a definition that was cured.
guarded() {
	fix="'virsh dumpxml --inactive [a-z]* \| gpurom-domain fix \| virsh define /dev/stdin' corrects it"
	expect_refused guarded-main "0000:07:00\.0: its card, pci0000-uid0-0b\.0-00, has another \
address now: 0000:08:00; the card of pci0000-uid0-0a\.0-00 is at the old address; $fix"
	expect_done cure-main start
	expect_firmware firmware
	expect_refused guarded-twin "0000:01:00\.0: its card, pci0000-uid0-05\.0-00, has another \
address now: 0000:02:00, it moved there from pci0000-uid0-04\.0-00; the card of pci0000-uid0-04\.0-00 is at the old address; $fix"
	expect_said check-twin '^exit 3$'
	expect_done diff-twin cure-twin cured-twin
	expect_said diff-twin "^-.*<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"
	expect_said diff-twin "^\+.*<address domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>"
	expect_said cured-twin "<address domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>"
	expect_said cured-twin "<rom file='/var/lib/gpurom/by-path/pci0000-uid0-05\.0-00\.rom'/>"
	expect_refused guarded-bare '0000:03:00\.0: which card this is is not certain; .gpurom remap '
	expect_refused guarded-replaced \
		'0000:05:00\.0: its card, 10de:1e07, was replaced .*: another one, 10de:1180, is in its place'
	expect_refused guarded-cut '0000:06:00\.0: its romfile is damaged, cut or changed: /var/lib/gpurom/roms/'
}
