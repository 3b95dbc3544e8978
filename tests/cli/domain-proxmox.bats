#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom-domain --proxmox: a VM's configuration as Proxmox VE writes it, on a made-up machine.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

DOMAIN=$(dirname "$GPUROM")/gpurom-domain
IDS=10de:2204
p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
d() { "$DOMAIN" --root "$R" "$@" 3>&-; }
# of PATH JQ: the record's value for the card there.
of() { jq -r ".cards[\"$1\"]$2" "$R/var/lib/gpurom/cards.json"; }

setup() {
	cli_setup
	cd "$T" || return
	rom a.rom $IDS 94.02.42.80.01
	mkdir -p "$R/etc/pve/qemu-server" "$R/etc/pve/mapping" "$R/usr/share/kvm" "$R/proc/sys/kernel"
	echo pve1.example.org >"$R/proc/sys/kernel/hostname"
	conf=$R/etc/pve/qemu-server/100.conf
}
teardown() { cli_teardown; }

# vm [SED]: the recorded configuration, with the tag that the card has.
vm() { sed -e "s/0123456789ab/$(of $p1 .id)/" -e "${1-}" "$BATS_TEST_DIRNAME/proxmox/100.conf" >"$conf"; }
untagged='/^#gpurom/d'
no_rom='s/,romfile=[^,]*//'
fine() {
	run --separate-stderr d check --proxmox 100
	same "$status $output $stderr" "0  "
	d fix --proxmox 100 | cmp - "$conf"
	same "$(d fix --proxmox 100 --diff)" ""
}
refused() {
	run --separate-stderr d check --proxmox 100
	same "$stderr" "$(printf 'gpurom-domain: %s\n' "$@")"
	same "$status $output" "3 "
}
# fixed OLD=NEW...: fix changes these lines of the file, and the result is fine.
fixed() {
	d fix --proxmox 100 >fixed
	d fix --proxmox 100 --diff >changes
	cp "$conf" patched
	patch -s patched changes
	cmp fixed patched
	same "$(diff "$conf" fixed | sed -n 's/^[<>] //p')" "$(printf '%s\n' "$@")"
	cp fixed "$conf"
	fine
}
map() { printf 'gpu\n\tmap %s\n' "$@" >"$R/etc/pve/mapping/pci.cfg"; }
cure="'gpurom-domain fix --proxmox 100 --diff' shows the correction"
other_map="'gpurom snippet CARD --proxmox --mapping NAME' prints the line of mapping/pci.cfg"

@test "as it was set: nothing to say; by its tag, its romfile, its address; by number and by file" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	for how in '' "$untagged" "$untagged; $no_rom" 's/: 0000:01:00/: host=01:00/' \
		's/: 0000:01:00/: 0000:01:00.0;0000:01:00.1/' 's/$/\r/'; do
		vm "$how"
		fine
		run --separate-stderr d check --proxmox "$conf"
		same "$status $output $stderr" "0  "
	done
}

@test "renumbered: fix changes the address in the current section and nothing else" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	rest=',pcie=1,romfile=gpurom/pci0000-uid0-01.1-00.rom,x-vga=1'
	for how in '' "$untagged"; do
		vm "$how"
		refused "100: 0000:01:00.0: its card, $p1, has another address now: 0000:04:00; nothing is at the old address; $cure"
		fixed "hostpci0: 0000:01:00$rest" "hostpci0: 0000:04:00$rest"
	done
	vm 's/: 0000:01:00/: host=01:00.0;0000:01:00.1/'
	fixed "hostpci0: host=01:00.0;0000:01:00.1$rest" "hostpci0: host=04:00.0;0000:04:00.1$rest"
	run --separate-stderr d check --proxmox "$T/fixed"
	same "$status $stderr" "0 "
}

@test "moved to another slot: the tag leads to it, and the romfile's name follows" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm
	at 2 2 $IDS rom=a.rom | a_boot 2
	refused "100: 0000:01:00.0: its card, $p2, has another address now: 0000:02:00, it moved there from $p1; nothing is at the old address; $cure"
	fixed "hostpci0: 0000:01:00,pcie=1,romfile=gpurom/$p1.rom,x-vga=1" "hostpci0: 0000:02:00,pcie=1,romfile=gpurom/$p2.rom,x-vga=1"
}

@test "by the address alone, where another card is in the old place: Proxmox's words" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm "$untagged; $no_rom"
	at 4 1 $IDS rom=a.rom | a_boot 2
	when=$(of $p1 '.addresses[0].last_seen')
	refused "100: 0000:01:00.0: nothing is at this address; until $when it belonged to the card that is recorded at $p1; 'gpurom snippet $p1 --proxmox' prints the new hostpci line, if the VM is to get that one"
	vm 's/^#gpurom.*/#gpurom%3Ahostpci0=ffffffffffff/'
	refused "100: 0000:01:00.0: the record has no card with the tag ffffffffffff: it was forgotten, or the definition comes from another host; 'gpurom list' lists the cards, 'gpurom snippet CARD --proxmox' prints the new hostpci line"
}

@test "functions: one that is left out, one that is not there, one on a driver of the host" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 1 1 $IDS rom=a.rom | sed '/:00\.1 /s/$/ driver=snd_hda_intel/' | machine
	vm
	run --separate-stderr d check --proxmox 100
	lacks "$stderr" "does not get this function"
	has "$stderr" "100: 0000:01:00.1: the host's driver snd_hda_intel is bound instead of vfio-pci"
	vm 's/0000:01:00/&.0/'
	run --separate-stderr d check --proxmox 100
	same "$status" 3
	has "$stderr" "100: 0000:01:00.1: the VM does not get this function of the card, and the host's driver snd_hda_intel is bound to it; 'gpurom snippet $p1 --proxmox' prints all functions"
	at 1 1 $IDS rom=a.rom | a_boot 2
	vm 's/0000:01:00/&.0;0000:01:00.2/'
	refused "100: 0000:01:00.2: the card has no function 2; 'gpurom snippet $p1 --proxmox' prints those that it has"
}

@test "the romfile: damaged, missing, unreadable, and the link that leads to it" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm
	file=$R/var/lib/gpurom/roms/$(sha a.rom).rom
	chmod 644 "$file" && printf x >>"$file"
	run --separate-stderr d check --proxmox 100
	same "$status" 3
	has "$stderr" "100: 0000:01:00.0: its romfile is damaged, cut or changed"
	cp a.rom "$file" && chmod 640 "$file"
	refused "100: 0000:01:00.0: QEMU's user cannot read the romfile: /var/lib/gpurom/roms/$(sha a.rom).rom has mode 0640; 'chmod o+r /var/lib/gpurom/roms/$(sha a.rom).rom'"
	chmod 644 "$file"
	rm "$R/usr/share/kvm/gpurom"
	refused "100: 0000:01:00.0: its romfile cannot be found: /usr/share/kvm/gpurom is missing, which leads to the store; 'gpurom commit' makes it"
}

@test "a mapping: its line for this node counts; one that does not fit, or is not there, is a fault" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm 's/0000:01:00/mapping=gpu/'
	refused "100: 0000:00:00.0: the mapping gpu has no line for this node, pve1, and Proxmox does not start the VM; $other_map"
	map "node=pve2,path=0000:09:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=9" \
		"node=pve1,path=0000:01:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=1"
	map_right='node=pve1,path=0000:01:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=1'
	map "$map_right"
	fine
	map "${map_right/2204/2206}"
	refused "100: 0000:01:00.0: the mapping gpu no longer fits this host, and Proxmox does not start the VM: id of 0000:01:00.0 is 10de:2204, not 10de:2206; $other_map"
	# The card moved: the file of the VM has no address to correct.
	map "$map_right"
	at 4 1 $IDS rom=a.rom | a_boot 2
	refused "100: 0000:01:00.0: its card, $p1, has another address now: 0000:04:00; nothing is at the old address; $other_map" \
		"100: 0000:01:00.0: the mapping gpu no longer fits this host, and Proxmox does not start the VM: nothing is at 0000:01:00.0; $other_map"
	run --separate-stderr d fix --proxmox 100
	same "$status $output" "3 "
	has "$stderr" "its card, $p1, has another address now, but this one is in a mapping"
}

@test "a mediated device is not the card; a VM without devices reads no bus" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	vm 's/pcie=1/mdev=nvidia-63/'
	fine
	vm '/^hostpci/d'
	cli_teardown
	fine
}

@test "what cannot be read: no VM, no file, a hostpci line that Proxmox does not take" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	run --separate-stderr d check --proxmox 101
	same "$status $stderr" "1 gpurom-domain: 101: /etc/pve/qemu-server/101.conf: No such file or directory"
	run --separate-stderr d check --proxmox ./nothing
	same "$status $stderr" "1 gpurom-domain: ./nothing: ./nothing: No such file or directory"
	vm 's/0000:01:00/0000:01/'
	run --separate-stderr d fix --proxmox 100
	same "$status $output $stderr" "1  gpurom-domain: 100: line 5: hostpci0: '0000:01' is not a PCI address as Proxmox takes it"
	run --separate-stderr d check --proxmox 100 101
	same "$status" 2
}

@test "--hook: guard= holds as for libvirt; --json has all faults" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm
	at 4 1 $IDS rom=a.rom | a_boot 2
	run --separate-stderr d check --hook --proxmox 100
	same "$status" 3
	has "$stderr" "has another address now: 0000:04:00"
	echo guard=warn >"$R/etc/gpurom.conf"
	run --separate-stderr d check --hook --proxmox 100
	same "$status $stderr" "0 "
	told "100: 0000:01:00.0: its card, $p1, has another address now"
	echo guard=off >"$R/etc/gpurom.conf"
	: >"$R/dev/kmsg"
	run --separate-stderr d check --hook --proxmox 100
	same "$status $stderr" "0 "
	untold "another address"
	run --separate-stderr d check --json --proxmox 100
	same "$status $stderr" "3 "
	same "$(jq -c '[.version, .vm, (.faults | length), .faults[0].address, .faults[0].level]' <<<"$output")" '[1,"100",1,"0000:01:00.0","fault"]'
	has "$output" "has another address now: 0000:04:00"
	same "$(jq -r 'keys_unsorted[0]' <<<"$output")" version
}
