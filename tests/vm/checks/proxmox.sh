# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of cases/proxmox.cases. A section is a step of the guest's, see extra/proxmox; expect_said and its like
# are libvirt.sh's.
# shellcheck shell=sh disable=SC2154 # case.sh's variables

# The root is libvirt's, which has a QEMU, with nothing of libvirt started. A host of Proxmox VE has /usr/share/kvm.
prepare_proxmox() {
	mkdir -p "$out/more/usr/share/kvm" "$out/more/usr/local/lib" "$out/more/etc/systemd/system"
	cp "$vm_dir/extra/libvirt/usr/local/lib/nested.sh" "$out/more/usr/local/lib/"
	for unit in libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket virtlogd.socket virtlockd.socket \
		virtlogd-admin.socket virtlockd-admin.socket; do
		ln -s /dev/null "$out/more/etc/systemd/system/$unit"
	done
	put "$out/more"
	rm -r "$out/more"
}

# expect_held STEP PATTERN: qm does not start the VM, after gpurom's hookscript has said why.
expect_held() {
	expect_said "$1" '^exit 255$'
	expect_said "$1" "^gpurom-domain: $2"
	expect_said "$1" "^hookscript error for ([0-9]*) on pre-start: command '/var/lib/vz/snippets/gpurom \1 pre-start' \
failed: exit code 3\$"
}

applied_and_run() {
	expect_done apply check start stop apply-twin apply-other
	expect_said conf '^hostpci1: 0000:07:00,pcie=1,romfile=gpurom/pci0000-uid0-0b\.0-00\.rom$'
	expect_said conf '^#gpurom%3Ahostpci1=[0-9a-f]*$'
	expect_said conf '^hookscript: local:snippets/gpurom$'
	expect_firmware firmware
	section drivers | grep -v '^at' >"$out/found"
	printf '%s\n' vfio-pci vfio-pci 'exit 0' >"$out/expected"
	expect_same "drivers after the VM has stopped" "$out/expected" "$out/found"
	expect_held guarded-foreign '102: 0000:06:00\.0: its romfile is that of the card at pci0000-uid0-0b\.0-00, but its card is at pci0000-uid0-09'
	expect_done cure-foreign start-foreign stop-foreign
	expect_held guarded-cut '102: 0000:06:00\.0: its romfile is damaged, cut or changed: /var/lib/gpurom/roms/'
	expect_done cure-cut start-cut stop-cut apply-mapped map check-mapped
}

pve_guarded() {
	expect_held guarded "100: 0000:07:00\.0: its card, pci0000-uid0-0b\.0-00, has another address now: 0000:08:00; \
the card of pci0000-uid0-0a\.0-00 is at the old address; 'gpurom-domain fix --proxmox 100 --diff' shows the correction"
	expect_done diff cure start stop
	expect_said diff '^-hostpci1: 0000:07:00,pcie=1,romfile=gpurom/pci0000-uid0-0b\.0-00\.rom$'
	expect_said diff '^\+hostpci1: 0000:08:00,pcie=1,romfile=gpurom/pci0000-uid0-0b\.0-00\.rom$'
	expect_firmware firmware
	expect_held guarded-twin "101: 0000:01:00\.0: its card, pci0000-uid0-05\.0-00, has another \
address now: 0000:02:00, it moved there from pci0000-uid0-04\.0-00; the card of pci0000-uid0-04\.0-00 is at the old address; "
	expect_done cure-twin start-twin stop-twin
	expect_said conf-twin '^hostpci1: 0000:02:00,pcie=1,romfile=gpurom/pci0000-uid0-05\.0-00\.rom$'
	expect_held guarded-mapped '103: 0000:07:00\.0: the mapping main no longer fits this host, and Proxmox does not start the VM: id of 0000:07:00\.0 is 10de:2484, not 10de:2204; '
	expect_said doctor '^ *wrong +main: line 2 of /etc/pve/mapping/pci\.cfg no longer fits this host, .*: id of 0000:07:00\.0 is 10de:2484, not 10de:2204$'
	expect_said doctor '^ *> gpurom snippet 0000:08:00 --proxmox --mapping main prints the new line$'
	expect_said doctor-mapped '^ *ok +main: line 2 of /etc/pve/mapping/pci\.cfg fits this host$'
	expect_done start-mapped stop-mapped
}
