#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom snippet: what is pasted into a VM definition.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	machine < <(
		onboard
		card 1 10de:2204 rom=a.rom
		card 2 10de:2331
	)
}
teardown() { cli_teardown; }

ROMFILE=/var/lib/gpurom/by-path/pci0000-uid0-01.1-00.rom

stored() { boot_steps && step commit && forget_writes; }
# The snippet in the place of a domain, to ask for parts of it.
domain() {
	echo "<domain>"
	g snippet "$@" --libvirt
	echo "</domain>"
}
xpath() { xmllint --xpath "$1" "$T/domain"; }

@test "--libvirt: an element a function, the romfile on the display function alone" {
	stored
	domain 01:00.0 >"$T/domain"
	same "$(xpath 'count(/domain/hostdev[@mode="subsystem"][@type="pci"][@managed="no"])')" 2
	same "$(xpath 'count(//hostdev)')" 2
	same "$(xpath 'count(//rom)')" 1
	same "$(xpath 'string(//hostdev[source/address/@function="0x0"]/rom/@file)')" "$ROMFILE"
	same "$(xpath 'string(//hostdev[1]/source/address/@bus)')" 0x01
	same "$(xpath 'string(//hostdev[2]/source/address/@function)')" 0x1
	same "$(xpath 'count(//hostdev/address[@bus=//hostdev[1]/address/@bus])')" 2
	same "$(xpath 'string(//hostdev[1]/address/@multifunction)')" on
	same "$(xpath 'count(//features)')" 0
	[ -s "$R$ROMFILE" ]
}

@test "--hide-kvm: the features element, and one comment on when it is needed" {
	stored
	domain 01:00.0 --hide-kvm >"$T/domain"
	same "$(xpath 'string(/domain/features/kvm/hidden/@state)')" on
	same "$(grep -c "still need this" "$T/domain")" 1
}

@test "--qemu: a device a function, the romfile on the display function alone" {
	stored
	run --separate-stderr g snippet 01:00.0 --qemu
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	same "$(grep -c -- "-device vfio-pci,host=0000:01:00\.[01]," <<<"$output")" 2
	same "$(grep -c romfile= <<<"$output")" 1
	grep -F "host=0000:01:00.0," <<<"$output" | grep -qF ",romfile=$ROMFILE"
	lacks "$output" kvm=off
	has "$(g snippet 01:00.0 --qemu --hide-kvm)" ",kvm=off"
}

@test "--qemu: a shell takes it as arguments" {
	stored
	{
		printf '%s \\\n' "printf '%s\n' x"
		g snippet 01:00.0 --qemu --hide-kvm | grep -v '^#'
	} | sh >"$T/args"
	same "$(sed -n 1,3p "$T/args" | tr '\n' ' ')" "x -cpu host,kvm=off "
	same "$(grep -c '^vfio-pci,' "$T/args")" 2
}

@test "a card is named by any of its functions, its slot, its ids, its path" {
	stored
	g snippet 01:00.0 --libvirt >"$T/want"
	for name in 0000:01:00.0 01:00 0000:01:00 01:00.1 10de:2204 path:pci0000-uid0-01.1-00 pci0000-uid0-01.1-00; do
		g snippet "$name" --libvirt | diff "$T/want" - || fail "$name"
	done
}

@test "no store yet: no romfile is named, and it is said when one is needed" {
	domain 01:00.0 >"$T/domain"
	same "$(xpath 'count(//hostdev)')" 2
	same "$(xpath 'count(//rom)')" 0
	has "$(cat "$T/domain")" "no romfile is known: nothing was read from this card"
	lacks "$(g snippet 01:00.0 --qemu)" romfile=
	lacks "$(g snippet 02:00.0 --qemu)" romfile=
}

@test "a name that means no card, or two: said, exit 1" {
	run --separate-stderr g snippet 07:00.0 --libvirt
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	has "$stderr" "gpurom: 07:00.0: no such card"
	run --separate-stderr g snippet nvidia --qemu
	[ "$status" -eq 1 ]
	has "$stderr" "it names 2 cards"
	run --separate-stderr g snippet zz --qemu
	[ "$status" -eq 1 ]
	has "$stderr" "gpurom: zz: "
}

@test "the form and the card are needed: exit 2" {
	for words in "01:00.0" "--libvirt" "--libvirt 01:00.0 02:00.0" "--libvirt --qemu 01:00.0" \
		"--proxmox --libvirt 01:00.0" "--libvirt --json 01:00.0" "--proxmox --json 01:00.0" \
		"--libvirt --apply 100 01:00.0" "--proxmox --apply 99 01:00.0" "--proxmox --apply x 01:00.0" \
		"--proxmox --mapping 1a 01:00.0" "--proxmox --mapping a;b 01:00.0" "--proxmox --apply 100 --mapping ab 01:00.0" \
		"--libvirt --iommufd 01:00.0" "--proxmox --iommufd 01:00.0" "--json 01:00.0"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr g snippet $words
		[ "$status" -eq 2 ] || fail "$words: exit $status"
		[ -z "$output" ]
		has "$stderr" "usage: gpurom snippet"
	done
}

@test "nothing is written" {
	g snippet 01:00.0 --libvirt >/dev/null
	g snippet 01:00.0 --qemu --json --hide-kvm >/dev/null
	g snippet 01:00.0 --proxmox >/dev/null
	[ -z "$(writes)" ]
	no_files
}

# --- libvirt's own schema ------------------------------------------------------------------------

# The snippet pasted as its comments say, against the schema of the libvirt that is installed: what
# virt-xml-validate does.
validates() {
	g snippet "$@" --libvirt >"$T/snippet"
	{
		echo '<domain type="kvm"><name>x</name><memory>1048576</memory>'
		echo '<os><type machine="q35">hvm</type></os>'
		grep '^<features>' "$T/snippet" || :
		echo '<devices>'
		grep -v '^<features>' "$T/snippet"
		echo '</devices></domain>'
	} >"$T/domain"
	xmllint --noout --relaxng /usr/share/libvirt/schemas/domain.rng "$T/domain" 2>"$T/why" || fail "$(cat "$T/why" "$T/domain")"
}

@test "--libvirt: libvirt's schema accepts it, whatever the card" {
	{
		onboard
		card 1 10de:2204 rom=a.rom
		card 2 10de:2331
		echo "root pci10000:e0 uid=9"
		echo "fn 10000:e1:1f.3 10de:2204 030000"
		echo "fn 0000:1f:00.2 10de:2204 030000"
		echo "fn 0000:1f:00.7 10de:1aef 040300"
	} | a_boot 1
	for card in 01:00 02:00 00:02 10000:e1:1f 1f:00; do
		validates $card
		validates $card --hide-kvm
		same "$card $(xpath 'count(//hidden)')" "$card 1"
	done
	# The schema is not one that takes anything.
	sed -i 's/<rom file=/<rom nonsense=/; s/<source>/<source nonsense="">/' "$T/domain"
	run -3 xmllint --noout --relaxng /usr/share/libvirt/schemas/domain.rng "$T/domain"
}

@test "--libvirt: each element has the card's tag; a card that no record knows has none" {
	domain 01:00.0 >"$T/domain"
	same "$(xpath 'count(//alias)')" 0
	stored
	id=$(jq -r '.cards["pci0000-uid0-01.1-00"].id' "$R/var/lib/gpurom/cards.json")
	domain 01:00.0 >"$T/domain"
	same "$(xpath 'string(//hostdev[1]/alias/@name)')" "ua-gpurom-$id-0"
	same "$(xpath 'string(//hostdev[2]/alias/@name)')" "ua-gpurom-$id-1"
}

# --- QEMU ----------------------------------------------------------------------------------------

# The arguments, as a shell has them, a line each.
arguments() {
	{
		printf '%s \\\n' "printf '%s\n'"
		grep -v '^#'
	} | sh
}

@test "--qemu --json: objects that say the same" {
	stored
	g snippet 01:00.0 --qemu --json >"$T/snippet"
	arguments <"$T/snippet" >"$T/args"
	same "$(grep -c '^-device$' "$T/args")" 3
	grep -v '^-device$' "$T/args" | jq -c -S . >"$T/objects"
	same "$(jq -s -c 'map(.driver)' "$T/objects")" '["pcie-root-port","vfio-pci","vfio-pci"]'
	same "$(jq -s -c '.[0] | [.id, .chassis]' "$T/objects")" '["gpurom-0000-01-00",11]'
	same "$(jq -s -c '.[1] | [.host, .bus, .addr, .multifunction, .romfile]' "$T/objects")" \
		"[\"0000:01:00.0\",\"gpurom-0000-01-00\",\"0x0.0\",true,\"$ROMFILE\"]"
	same "$(jq -s -c '.[2] | del(.driver)' "$T/objects")" \
		'{"addr":"0x0.1","bus":"gpurom-0000-01-00","host":"0000:01:00.1"}'
	g snippet 01:00.0 --qemu --json --hide-kvm | arguments | head -2 | diff - <(printf '%s\n' -cpu host,kvm=off)
}

# The same machine in plain files, where folders can be made. (cp does not trust fakesys's files.)
plain_machine() {
	mkdir -p "$1/sys"
	cp -dR "$R"/{dev,proc,etc,var} "$1"
	(cd "$R/sys" && find .) | while read -r f; do
		if [ -L "$R/sys/$f" ]; then
			cp -d "$R/sys/$f" "$1/sys/$f"
		elif [ -d "$R/sys/$f" ]; then
			mkdir -p "$1/sys/$f"
		else
			cat "$R/sys/$f" >"$1/sys/$f" 2>/dev/null || :
		fi
	done
}

@test "--qemu --iommufd: where the kernel has it for the whole card, else reported, exit 1" {
	stored
	run --separate-stderr g snippet 01:00.0 --qemu --iommufd
	same "$status $output" "1 "
	has "$stderr" "gpurom: 0000:01:00.0: no iommufd: this kernel has no /dev/iommu"
	: >"$R/dev/iommu"
	run --separate-stderr g snippet 01:00.0 --qemu --iommufd
	same "$status $output" "1 "
	has "$stderr" "no iommufd: 0000:01:00.0 has no vfio-dev in sysfs"
	plain=$T/plain
	plain_machine "$plain"
	mkdir -p "$plain/sys/bus/pci/devices/0000:01:00.0/vfio-dev/vfio0"
	run --separate-stderr "$GPUROM" --root "$plain" snippet 01:00.0 --qemu --iommufd
	same "$status $output" "1 "
	has "$stderr" "no iommufd: 0000:01:00.1 has no vfio-dev in sysfs"
	mkdir -p "$plain/sys/bus/pci/devices/0000:01:00.1/vfio-dev/vfio1"
	run --separate-stderr "$GPUROM" --root "$plain" snippet 01:00.0 --qemu --iommufd
	[ "$status" -eq 0 ]
	same "$(arguments <<<"$output" | sed -n 1,2p | tr '\n' ' ')" "-object iommufd,id=gpurom-iommufd-0000-01-00 "
	same "$(grep -c ',iommufd=gpurom-iommufd-0000-01-00' <<<"$output")" 2
}

@test "a card below a host bridge of VMD's: QEMU gets its sysfs path, for the others it says that it cannot be passed" {
	{
		echo "root pci10000:e0 uid=9"
		echo "fn 10000:e1:00.0 10de:2204 030000"
	} | machine
	has "$(g snippet 10000:e1:00 --qemu)" ",sysfsdev=/sys/bus/pci/devices/10000:e1:00.0,"
	lacks "$(g snippet 10000:e1:00 --qemu)" "host="
	has "$(g snippet 10000:e1:00 --libvirt)" "the PCI domain is above ffff"
	has "$(g snippet 10000:e1:00 --proxmox)" "the PCI domain is above ffff"
}

# --- Proxmox -------------------------------------------------------------------------------------

@test "--proxmox: the whole card, its romfile below /usr/share/kvm, the number that is its own" {
	stored
	run --separate-stderr g snippet 01:00.0 --proxmox
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	value=0000:01:00,pcie=1,romfile=gpurom/pci0000-uid0-01.1-00.rom
	same "$(grep -v '^#' <<<"$output")" "hostpci1: $value"
	has "$output" "# or: qm set VMID --machine q35 --hostpci1 $value"
	has "$output" "a link to /var/lib/gpurom/by-path;"
	same "$(g snippet 02:00.0 --proxmox | grep -v '^#')" "hostpci2: 0000:02:00,pcie=1"
	same "$(g snippet 01:00.0 --proxmox --hide-kvm | grep -v '^#')" "cpu: host,hidden=1
hostpci1: $value"
	# Where commit lays the link, the name leads to the file.
	mkdir -p "$R/usr/share/kvm"
	step commit
	same "$(readlink "$R/usr/share/kvm/gpurom")" "$(sed -n 's/.* a link to \([^;]*\);.*/\1/p' <<<"$output")"
}

# A qm that keeps what it is given; runs the commands of the snippet.
run_commands() {
	mkdir -p "$T/bin"
	printf '#!/bin/sh\nprintf "%%s|" "$@" >>"%s/qm"; echo >>"%s/qm"\n' "$T" "$T" >"$T/bin/qm"
	printf '#!/bin/sh\necho "install $*" >>"%s/qm"\n' "$T" >"$T/bin/install"
	chmod 755 "$T/bin/qm" "$T/bin/install"
	rm -f "$T/qm"
	PATH=$T/bin:$PATH sh "$1"
}

@test "--proxmox --apply: commands for the line, the tag and the hook; what is there stays" {
	stored
	mkdir -p "$R/etc/pve/qemu-server"
	conf=$R/etc/pve/qemu-server/100.conf
	id=$(jq -r '.cards["pci0000-uid0-01.1-00"].id' "$R/var/lib/gpurom/cards.json")
	value=0000:01:00,pcie=1,romfile=gpurom/pci0000-uid0-01.1-00.rom
	# shellcheck disable=SC2016 # what a shell must not run
	printf '%s\n' "#it's 5%25%3A" '#$(touch x) `id`' 'hostpci1: 0000:09:00' 'hostpci3: 01:00.0,x-vga=1,vendor-id=0x10de' '[PENDING]' '#no' >"$conf"
	g snippet 01:00.0 --proxmox --apply 100 >"$T/snippet"
	run_commands "$T/snippet"
	same "$(cat "$T/qm")" "set|100|--machine|q35|--hostpci3|$value,x-vga=1,vendor-id=0x10de|
set|100|--description|it's 5%:
\$(touch x) \`id\`
gpurom:hostpci3=$id|
install -D -m 755 /usr/share/gpurom/proxmox/gpurom /var/lib/vz/snippets/gpurom
set|100|--hookscript|local:snippets/gpurom|"
	# Its own number is in use: the first free one. All is as it should be: the line alone.
	printf '%s\n' "#gpurom%3Ahostpci0=$id" 'machine: pc-q35-9.0' 'hostpci1: 0000:09:00' 'hookscript: local:snippets/gpurom' >"$conf"
	g snippet 01:00.0 --proxmox --apply 100 >"$T/snippet"
	run_commands "$T/snippet"
	same "$(cat "$T/qm")" "set|100|--hostpci0|$value|"
	# A hookscript of its own stays.
	sed -i 's/^hookscript.*/hookscript: local:snippets\/mine/' "$conf"
	g snippet 01:00.0 --proxmox --apply 100 >"$T/snippet"
	run_commands "$T/snippet"
	same "$(cat "$T/qm")" "set|100|--hostpci0|$value|"
	has "$(cat "$T/snippet")" "# the VM has a hookscript of its own, local:snippets/mine: let it call"
	run --separate-stderr g snippet 01:00.0 --proxmox --apply 101
	same "$status $output" "1 "
	has "$stderr" " /etc/pve/qemu-server/101.conf: No such file or directory"
}

@test "--proxmox --mapping: this node's entry of mapping/pci.cfg" {
	stored
	mkdir -p "$R/proc/sys/kernel"
	echo pve1.example.org >"$R/proc/sys/kernel/hostname"
	same "$(g snippet 01:00.0 --proxmox --mapping gpu-1 | grep -v '^#')" "gpu-1
	map node=pve1,path=0000:01:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=1"
}

@test "--proxmox: a cluster's mapping, with what Proxmox will compare" {
	stored
	has "$(g snippet 01:00.0 --proxmox)" "# pvesh create /cluster/mapping/pci --id gpurom-"
	has "$(g snippet 01:00.0 --proxmox)" "--map node=NODE,"
	mkdir -p "$R/proc/sys/kernel"
	echo pve1.example.org >"$R/proc/sys/kernel/hostname"
	id=$(jq -r '.cards["pci0000-uid0-01.1-00"].id' "$R/var/lib/gpurom/cards.json")
	map=node=pve1,path=0000:01:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=1
	g snippet 01:00.0 --proxmox >"$T/snippet"
	grep -qxF "# pvesh create /cluster/mapping/pci --id gpurom-$id --map $map" "$T/snippet"
	grep -qxF "# hostpci1: mapping=gpurom-$id,pcie=1,romfile=gpurom/pci0000-uid0-01.1-00.rom" "$T/snippet"
	same "$(sed -n '/pci.cfg:$/,$p' "$T/snippet" | sed 1d)" "# gpurom-$id
# 	map $map"
}

# --- comments ------------------------------------------------------------------------------------

p1=pci0000-uid0-01.1-00
# said TEXT: of card 01:00, in each form, in a comment. said_of ADDRESS TEXT
said_of() {
	local form
	for form in --libvirt --qemu "--qemu --json" --proxmox; do
		# shellcheck disable=SC2086 # words
		g snippet "$1" $form | grep -E '^(<!--|#)' | grep -qF -- "$2" ||
			fail "not said: $2" "$(g snippet "$1" $form)" || return 1
	done
}
said() { said_of 01:00 "$1"; }
unsaid_of() { lacks "$(g snippet "$1" --libvirt)" "$2"; }
unsaid() { unsaid_of 01:00 "$1"; }

@test "which card it is: path name, ids, slot, the ROM's version and whether it has a GOP" {
	card 1 10de:2204 rom=a.rom slot=3-1 | a_boot 1
	said "card 0000:01:00 ($p1): 10de:2204 of 1462:3896, slot 3-1, ROM 94.02.26.40.99, GOP yes"
	same "$(g snippet 01:00 --libvirt | grep -c '^<!--')" 2
}

@test "a ROM without an EFI image: what a UEFI guest will not show" {
	"$MKROM" /dev/stdin "$T/bios.rom" <<<"image x86 ids=10de:2204 blocks=8 last"
	card 1 10de:2204 rom=bios.rom | a_boot 1
	[ -e "$(romfile 1)" ]
	said "GOP no"
	said "the ROM has no EFI image"
}

@test "no romfile: no ROM BAR, nothing read, rejected, not stored yet, a shadow" {
	card 1 10de:2331 | a_boot 1
	said "no romfile is known: the card has no ROM BAR, as is normal on data-centre boards; a laptop's VBIOS is in"
	said "source sysfs: no ROM BAR"
	said "most VMs need no romfile"
	rm -r "$R/var/lib/gpurom"
	card 1 10de:2204 rom=a.rom rom_eio=1 | a_boot 2
	said "nothing could be read; 'gpurom report' has more"
	said "source sysfs: "
	unsaid "(sysfs: "
	rm -r "$R/var/lib/gpurom"
	card 1 10de:2206 rom=a.rom | a_boot 3
	said "what was read was rejected"
	said "(sysfs: ROM of another card"
	rm -r "$R/var/lib/gpurom" "$R/run/gpurom"
	card 1 10de:2204 rom=a.rom | machine
	boot_steps
	said "what this boot read is not stored yet"
	card 1 10de:2204 rom=a.rom shadow=1 | a_boot 4
	said "shows is a shadow in memory, which is not published; 'gpurom import'"
	said "source sysfs: the kernel shows the boot screen's shadow"
	said "source efi: "
	said "source prom: "
	said "source shadow: read, rejected"
	unsaid "sources="
	for form in --libvirt --qemu --proxmox; do
		same "$(g snippet 01:00 $form | grep -v '^<!--\|^#' | grep -c '<rom\|romfile')" 0
	done
}

@test "a shadow that was asked for: reported" {
	cmdline gpurom.sources=sysfs,shadow
	card 1 10de:2204 rom=a.rom shadow=1 | a_boot 1
	said "the romfile is a copy of the boot screen's shadow"
}

@test "the store cannot be written: the path in memory is reported to be one; Proxmox is given none" {
	rmdir "$R/var/lib"
	: >"$R/var/lib"
	card 1 10de:2204 rom=a.rom | a_boot 1
	said "ROM 94.02.26.40.99, GOP yes"
	said "the romfile is in memory, and is lost at the end of this boot"
	has "$(g snippet 01:00 --libvirt)" "<rom file='/run/gpurom/store/by-path/$p1.rom'/>"
	same "$(g snippet 01:00 --proxmox | grep -v '^#')" "hostpci0: 0000:01:00,pcie=1"
	rm "$R/var/lib"
	step commit
	unsaid "is in memory"
}

@test "renumbered, moved, replaced, and not certain: what the last commit found" {
	rom b.rom 10de:2204 94.02.26.40.77
	rom other.rom 10de:2206
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 4 1 10de:2204 rom=a.rom | a_boot 2
	said_of 04:00 "renumbered: it was 0000:01:00 until "
	said_of 04:00 "; a definition with the old address needs this one"
	at 4 3 10de:2204 rom=a.rom | a_boot 3
	said_of 04:00 "moved: it was at $p1 until "
	at 4 3 10de:2206 rom=other.rom | a_boot 4
	said_of 04:00 "replaced: another card was here before, 10de:2204"
	at 4 3 10de:2206 rom=other.rom | a_boot 5
	unsaid_of 04:00 replaced
	rm -r "$R/var/lib/gpurom"
	{
		at 1 1 10de:2204 rom=a.rom
		at 2 2 10de:2204 rom=b.rom
	} | a_boot 6
	{
		at 1 1 10de:2204 rom=b.rom
		at 2 2 10de:2204 rom=a.rom
	} | a_boot 7
	said "ambiguous: "
	said "'gpurom remap pci0000-uid0-01.2-00 $p1' if so"
}

@test "another model in the slot, and commit did not run: the ROM of the card before is not given to it" {
	at 1 1 10de:2204 rom=a.rom | a_boot 1
	at 1 1 10de:2206 rom=a.rom | machine
	said "the kept one is of the card that was here before"
	for form in --libvirt --qemu --proxmox; do
		same "$(g snippet 01:00 $form 2>/dev/null | grep -v '^<!--\|^#' | grep -c '<rom\|romfile')" 0
		lacks "$(g snippet 01:00 $form 2>/dev/null)" "ua-gpurom"
	done
}

@test "the flash has another ROM than the file: reported until it is pinned" {
	rom b.rom 10de:2204 94.02.26.40.77
	card 1 10de:2204 rom=a.rom | a_boot 1
	unsaid "ROM changed"
	card 1 10de:2204 rom=b.rom | a_boot 2
	said "ROM changed: the card's flash has another than this file"
	said "ROM 94.02.26.40.99, GOP yes"
	g pin 01:00 "$(sha "$T/a.rom")"
	unsaid "ROM changed"
}

@test "a function that is not on vfio-pci now" {
	card 1 10de:2204 rom=a.rom | a_boot 1
	unsaid "needs it on vfio-pci"
	{
		echo "fn 0000:00:01.1 8086:1901 060400 driver=pcieport"
		echo "fn 0000:01:00.0 10de:2204 030000 parent=0000:00:01.1 subsystem=1462:3896 driver=vfio-pci"
		echo "fn 0000:01:00.1 10de:1aef 040300 parent=0000:00:01.1 subsystem=1462:3896 driver=snd_hda_intel"
	} | machine
	said "0000:01:00.1 is on snd_hda_intel now, and a VM needs it on vfio-pci"
	unsaid "0000:01:00.0 "
}
