#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom-domain: definitions as virsh 9.0 prints them (tests/cli/domain) on a made-up machine.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets
# shellcheck disable=SC2094 # cmp writes nothing

load lib

DOMAIN=$(dirname "$GPUROM")/gpurom-domain
IDS=10de:2204
p1=pci0000-uid0-01.1-00
p2=pci0000-uid0-01.2-00
p3=pci0000-uid0-01.3-00
store() { echo "$R/var/lib/gpurom"; }
d() { "$DOMAIN" --root "$R" "$@" 3>&-; }
# of PATH JQ: the record's value for the card there.
of() { jq -r ".cards[\"$1\"]$2" "$(store)/cards.json"; }
edit_record() { jq "$1" "$(store)/cards.json" >"$T/edited" && cp "$T/edited" "$(store)/cards.json"; }

setup() {
	cli_setup
	cd "$T" || return
	rom a.rom $IDS 94.02.42.80.01
	rom b.rom $IDS 94.02.42.80.02
	rom other.rom 10de:2206 94.02.26.40.99
}
teardown() { cli_teardown; }

# bound BUS PORT IDS DRIVER0 DRIVER1 [key=value...]: as `at`, with drivers; "-" none. For machine.
bound() {
	local bus=$1 port=$2 ids=$3 zero=$4 one=$5
	shift 5
	at "$bus" "$port" "$ids" "$@" |
		sed "/:00\.0 .*030000/s/\$/ driver=$zero/; /:00\.1 /s/\$/ driver=$one/; s/ driver=-\$//"
}
# vm NAME [SED]: the recorded definition, with the tags that the cards have.
vm() {
	sed -e "s/0123456789ab/$(of $p1 .id)/; s/ba9876543210/$(of $p2 .id 2>/dev/null)/" \
		-e "${2-}" "$BATS_TEST_DIRNAME/domain/$1.xml" >vm.xml
}
untagged='/<alias/d'
no_rom='/<rom /d'
# fine: check finds nothing, and fix changes nothing.
fine() {
	run --separate-stderr d check <vm.xml
	same "$status $output $stderr" "0  "
	d fix <vm.xml | cmp - vm.xml
	same "$(d fix --diff <vm.xml)" ""
}
# refused LINE...: these are all the lines of check; fix either corrects it, or says the same.
refused() {
	run --separate-stderr d check <vm.xml
	same "$stderr" "$(printf 'gpurom-domain: %s\n' "$@")"
	same "$status $output" "3 "
}
# Nor can fix do anything about it.
no_cure() {
	refused "$@"
	d fix <vm.xml >out 2>err && fail "fixed"
	[ ! -s out ]
	same "$(cat err)" "$(printf 'gpurom-domain: %s\n' "$@")"
}
# fixed OLD=NEW...: fix changes these texts, in this order a line each, and the result is fine.
fixed() {
	d fix <vm.xml >fixed.xml
	d fix --diff <vm.xml >changes
	cp vm.xml patched.xml
	patch -s patched.xml changes
	cmp fixed.xml patched.xml
	same "$(diff vm.xml fixed.xml | sed -n "s/^[<>] *//p")" "$(printf '%s\n' "$@")"
	cp fixed.xml vm.xml
	fine
}
cure() { echo "'virsh dumpxml --inactive $1 | gpurom-domain fix | virsh define /dev/stdin' corrects it"; }
addr() { echo "<address domain='0x0000' bus='0x$1' slot='0x00' function='0x$2'/>"; }

@test "as it was defined: nothing to say; also without tags, and by its address alone" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	fine
	vm win11 "$untagged"
	fine
	vm plain
	fine
	vm plain 's/0x05/0x00/' # the host bridge's own address
	fine
}

@test "renumbered: the card's new address; fix changes it and nothing else" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	for how in '' "$untagged"; do
		vm win11 "$how"
		refused "win11: 0000:01:00.0: its card, $p1, has another address now: 0000:04:00; nothing is at the old address; $(cure win11)"
		fixed "$(addr 01 0)" "$(addr 04 0)" "$(addr 01 1)" "$(addr 04 1)"
	done
	vm win11 "$no_rom"
	fixed "$(addr 01 0)" "$(addr 04 0)" "$(addr 01 1)" "$(addr 04 1)"
}

@test "renumbered, and another device is at the old address: what it is" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	{
		at 4 1 $IDS rom=a.rom
		echo "fn 0000:00:01.5 8086:1901 060400 driver=pcieport group=5"
		echo "fn 0000:01:00.0 8086:1533 020000 parent=0000:00:01.5 group=5 driver=igb"
	} | a_boot 2
	vm win11
	refused "win11: 0000:01:00.0: its card, $p1, has another address now: 0000:04:00; another device, 8086:1533, is at the old address; $(cure win11)"
	# A definition with that device alone is not gpurom's.
	vm plain
	fine
}

@test "by the address alone: one that may have been another card's is a doubt" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	vm plain
	when=$(of $p1 '.addresses[0].last_seen')
	no_cure "plain: 0000:01:00.0: nothing is at this address; until $when it belonged to the card that is recorded at $p1; 'gpurom snippet $p1 --libvirt' prints the new hostdev elements, if the VM is to get that one"
	{
		at 4 1 $IDS rom=a.rom
		at 1 2 10de:2206 rom=other.rom
	} | a_boot 3
	no_cure "plain: 0000:01:00.0: it is not certain which card this VM is to get: until $when, 0000:01:00 belonged to the card that is recorded at $p1; 'gpurom snippet $p2 --libvirt' prints the new hostdev elements, whose alias says which"
}

@test "an address that gpurom never knew, with and without a romfile of the store" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm plain 's/0x01/0x07/'
	fine
	vm win11 "$untagged; s/bus='0x01'/bus='0x07'/; s#by-path/.*.rom#roms/$(sha a.rom).rom#"
	no_cure "win11: 0000:07:00.0: nothing is at this address; 'gpurom list' lists the cards, 'gpurom snippet CARD --libvirt' prints the new hostdev elements"
}

@test "twins whose addresses were dealt the other way round: both come out right" {
	{
		at 1 1 $IDS rom=a.rom
		at 2 2 $IDS rom=b.rom
	} | a_boot 1
	vm twins
	fine
	{
		at 2 1 $IDS rom=a.rom
		at 1 2 $IDS rom=b.rom
	} | a_boot 2
	refused "twins: 0000:01:00.0: its card, $p1, has another address now: 0000:02:00; the card of $p2 is at the old address; $(cure twins)" \
		"twins: 0000:02:00.0: its card, $p2, has another address now: 0000:01:00; the card of $p1 is at the old address; $(cure twins)"
	d fix <vm.xml >fixed.xml
	same "$(diff vm.xml fixed.xml | grep -c '^>')" 4
	# What libvirt would make of it: the first two devices are of 02 now, the others of 01.
	same "$(xmllint --xpath '//hostdev/source/address/@bus' fixed.xml | tr -d ' \n')" 'bus="0x02"bus="0x02"bus="0x01"bus="0x01"'
	cp fixed.xml vm.xml
	fine
}

@test "twins that changed places: the tag goes along, a place is a doubt" {
	{
		at 1 1 $IDS rom=a.rom
		at 2 2 $IDS rom=b.rom
	} | a_boot 1
	vm twins
	cp vm.xml before.xml
	{
		at 1 1 $IDS rom=b.rom
		at 2 2 $IDS rom=a.rom
	} | a_boot 2
	no_cure "twins: 0000:01:00.0: which card this is is not certain; 'gpurom remap $p2 $p1' if it is the card of $p2; 'gpurom remap $p1 $p1' if it is itself" \
		"twins: 0000:02:00.0: which card this is is not certain; 'gpurom remap $p1 $p2' if it is the card of $p1; 'gpurom remap $p2 $p2' if it is itself"
	g remap $p2 $p1 >/dev/null
	run --separate-stderr -3 d check <vm.xml
	has "$stderr" "twins: 0000:01:00.0: its card, $p2, has another address now: 0000:02:00, it moved there from $p1; the card of $p1 is at the old address; $(cure twins)"
	has "$stderr" "twins: 0000:01:00.0: its romfile is that of the card at $p1, but its card is at $p2; 'gpurom snippet $p2 --libvirt' prints the right one"
	d fix <vm.xml >fixed.xml
	same "$(xmllint --xpath '//source/address/@bus | //rom/@file' fixed.xml | grep -o '0x0.\|uid.*00' | tr '\n' ' ')" \
		"0x02 uid0-01.2-00 0x02 0x01 uid0-01.1-00 0x01 "
	cp fixed.xml vm.xml
	fine
	sed "$untagged" before.xml >vm.xml
	run --separate-stderr -3 d fix <vm.xml
	same "$output" ""
	has "$stderr" "twins: 0000:01:00.0: it is not certain which card this VM is to get: until "
	has "$stderr" ", $p1 belonged to the card that is recorded at $p2; 'gpurom snippet $p1 --libvirt' prints the new hostdev elements, whose alias says which"
}

@test "moved to another slot: the tag and the old place lead to it, and the romfile's name follows" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	cp vm.xml before.xml
	at 3 3 $IDS rom=a.rom | a_boot 2
	same "$(of $p3 .identity)" moved
	line="its card, $p3, has another address now: 0000:03:00, it moved there from $p1; nothing is at the old address; $(cure win11)"
	refused "win11: 0000:01:00.0: $line"
	rom="<rom file='/var/lib/gpurom/by-path/%s.rom'/>"
	# shellcheck disable=SC2059
	fixed "$(addr 01 0)" "$(addr 03 0)" "$(printf "$rom" $p1)" "$(printf "$rom" $p3)" "$(addr 01 1)" "$(addr 03 1)"
	sed "$untagged" before.xml >vm.xml
	refused "win11: 0000:01:00.0: $line"
	# shellcheck disable=SC2059
	fixed "$(addr 01 0)" "$(addr 03 0)" "$(printf "$rom" $p1)" "$(printf "$rom" $p3)" "$(addr 01 1)" "$(addr 03 1)"
}

@test "replaced: both models; a place or an address from then on is a doubt" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	cp vm.xml before.xml
	at 1 1 10de:2206 rom=other.rom | a_boot 2
	seen=$(of $p1 '.previous[0].last_seen')
	no_cure "win11: 0000:01:00.0: its card, 10de:2204, was replaced after $seen: another one, 10de:2206, is in its place, $p1; 'gpurom snippet $p1 --libvirt' prints the new hostdev elements"
	doubt="it is not certain which card this VM is to get: until $seen, another one, 10de:2204, was at $p1; 'gpurom snippet $p1 --libvirt' prints the new hostdev elements, whose alias says which"
	sed "$untagged" before.xml >vm.xml
	no_cure "win11: 0000:01:00.0: $doubt"
	sed "$untagged; $no_rom" before.xml >vm.xml
	no_cure "win11: 0000:01:00.0: $doubt"
	# Today's tag settles it.
	vm win11
	fine
}

@test "not here, forgotten, of two cards, of no place that is known" {
	{
		at 1 1 $IDS rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	vm win11
	cp vm.xml before.xml
	at 2 2 10de:2206 rom=other.rom | a_boot 2
	seen=$(of $p1 .last_seen)
	no_cure "win11: 0000:01:00.0: the card of $p1 is not here; it was last seen on $seen at 0000:01:00.0; put the card back, or take its hostdev elements out"
	sed "$untagged" before.xml >vm.xml
	no_cure "win11: 0000:01:00.0: the card of $p1 is not here; it was last seen on $seen at 0000:01:00.0; put the card back, or take its hostdev elements out"
	id=$(of $p1 .id) other=$(of $p2 .id)
	sed "s/ua-gpurom-$id-1/ua-gpurom-$other-1/" before.xml >vm.xml
	no_cure "win11: 0000:01:00.0: its functions have the tags of two cards, $id and $other; 'gpurom snippet CARD --libvirt' prints the elements of one card"
	g forget $p1 >/dev/null
	cp before.xml vm.xml
	no_cure "win11: 0000:01:00.0: the record has no card with the tag $id: it was forgotten, or the definition comes from another host; 'gpurom list' lists the cards, 'gpurom snippet CARD --libvirt' prints the new hostdev elements"
	sed "$untagged" before.xml >vm.xml
	no_cure "win11: 0000:01:00.0: its romfile is named after the place $p1, and no card is or was recorded there; 'gpurom list' lists the cards, 'gpurom snippet CARD --libvirt' prints the new hostdev elements"
}

@test "another card of the model since the record was written: its serial number tells them apart" {
	at 1 1 $IDS rom=a.rom dsn=48-b0-2d-ff-fe-01-02-03 | a_boot 1
	vm win11
	fine
	at 1 1 $IDS rom=a.rom dsn=48-b0-2d-ff-fe-01-02-04 | machine
	boot_steps
	no_cure "win11: 0000:01:00.0: the card at $p1 has another serial number than the recorded one: it is another card of this model; 'gpurom commit' records it, then check again"
}

@test "functions: one that the host keeps, one that is not on vfio-pci, one that is not there" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	bound 1 1 $IDS vfio-pci snd_hda_intel rom=a.rom | machine
	refused "win11: 0000:01:00.1: the host's driver snd_hda_intel is bound instead of vfio-pci; 'gpurom report' says what the boot did, 'gpurom plan' what the next one will do"
	# Without its second function.
	cp vm.xml both.xml
	awk '/<hostdev/ { n++ } n != 2 || /<\/hostdev>/ && !done++ { if (n != 2) print } /<\/hostdev>/ && n == 2 { n = 0.5 }' both.xml >vm.xml
	same "$(xmllint --xpath 'count(//hostdev[@type="pci"])' vm.xml)" 2
	refused "win11: 0000:01:00.1: the VM does not get this function of the card, and the host's driver snd_hda_intel is bound to it; 'gpurom snippet $p1 --libvirt' prints all functions"
	for one in - vfio-pci pci-stub; do
		bound 1 1 $IDS vfio-pci $one rom=a.rom | machine
		fine
	done
	cp both.xml vm.xml
	bound 1 1 $IDS - nvgrace-gpu-vfio-pci rom=a.rom | machine
	refused "win11: 0000:01:00.0: no driver is bound, and with managed='no' vfio-pci must be; 'gpurom report' says what the boot did, with managed='yes' libvirt binds it"
	sed -i "s/managed='no'/managed='yes'/" vm.xml
	fine
	bound 1 1 $IDS nouveau vfio-pci rom=a.rom | machine
	refused "win11: 0000:01:00.0: the host's driver nouveau is bound instead of vfio-pci; 'gpurom report' says what the boot did, 'gpurom plan' what the next one will do"
	# A card that the last boot did not take is libvirt's to take.
	edit_record ".cards[\"$p1\"].state = \"released\""
	fine
	vm win11
	refused "win11: 0000:01:00.0: the host's driver nouveau is bound instead of vfio-pci; 'gpurom report' says what the boot did, 'gpurom plan' what the next one will do"
	vm win11 "s/function='0x1'\\/>/function='0x2'\\/>/"
	bound 1 1 $IDS vfio-pci vfio-pci rom=a.rom | machine
	refused "win11: 0000:01:00.2: the card has no function 2; 'gpurom snippet $p1 --libvirt' prints those that it has"
}

@test "the romfile: not there, empty, cut, changed, not pinned" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	file=$(store)/roms/$(sha a.rom).rom link=$(store)/by-path/$p1.rom
	short="/var/lib/gpurom/roms/$(sha a.rom | cut -c1-12)..."
	: >"$file"
	again="the next boot that reads this ROM, or 'gpurom import FILE --card=$p1', writes it again"
	refused "win11: 0000:01:00.0: its romfile is empty: $short; $again"
	head -c 4096 a.rom >"$file"
	refused "win11: 0000:01:00.0: its romfile is damaged, cut or changed: $short; $again"
	cat b.rom >"$file"
	refused "win11: 0000:01:00.0: its romfile is damaged, cut or changed: $short; $again"
	rm "$file"
	refused "win11: 0000:01:00.0: its romfile does not exist: $short; the next boot that reads this ROM, or 'gpurom import FILE --card=$p1', puts it back"
	rm "$link"
	refused "win11: 0000:01:00.0: its romfile does not exist: /var/lib/gpurom/by-path/$p1.rom; 'gpurom snippet $p1 --libvirt' prints the right one, or none where the card has none"
	# A file that a person put there is that person's.
	cp a.rom "$link"
	fine
	rm "$link"
	cp b.rom "$(store)/roms/$(sha b.rom).rom"
	cp a.rom "$file"
	ln -s "../roms/$(sha b.rom).rom" "$link"
	b=$(sha b.rom | cut -c1-12)
	refused "win11: 0000:01:00.0: its romfile leads to $b..., but $(sha a.rom | cut -c1-12)... is pinned; 'gpurom commit' makes it lead to the pinned one, 'gpurom pin $p1 $b' pins the other one"
	edit_record ".cards[\"$p1\"].rom = null"
	refused "win11: 0000:01:00.0: its romfile leads to $b..., but the record has no ROM of this card; 'gpurom import FILE --card=$p1' records one"
	# Where it is not used it is not looked at.
	vm win11 "s/<rom file/<rom enabled='no' file/"
	fine
}

@test "the romfile: of another card, model or digest, and on another function" {
	{
		at 1 1 $IDS rom=a.rom
		at 2 2 10de:2206 rom=other.rom
	} | a_boot 1
	right="'gpurom snippet $p1 --libvirt' prints the right one"
	by_id=$(of $p1 .by_id) other=$(of $p2 .by_id)
	for good in by-id/"$by_id" roms/"$(sha a.rom)" ./by-path//"$p1"; do
		vm win11 "s#by-path/$p1#$good#"
		fine
	done
	vm win11 "s/$p1/$p2/"
	refused "win11: 0000:01:00.0: its romfile is that of the card at $p2, but its card is at $p1; $right"
	fixed "<rom file='/var/lib/gpurom/by-path/$p2.rom'/>" "<rom file='/var/lib/gpurom/by-path/$p1.rom'/>"
	vm win11 "s#by-path/$p1#by-id/$other#"
	refused "win11: 0000:01:00.0: its romfile is that of another model, $other; $right"
	vm win11 "s#by-path/$p1#roms/$(sha other.rom)#"
	refused "win11: 0000:01:00.0: its romfile, $(sha other.rom | cut -c1-12)..., is not one of this card's ROMs; $right"
	d fix <vm.xml | cmp - vm.xml
	# Others' files are left alone.
	for file in /srv/vbios.rom /var/lib/gpurom/mine.rom /var/lib/gpurom/by-path/../x.rom /var/lib/gpuromx/by-path/x.rom; do
		vm win11 "s#/var/lib/gpurom/by-path/$p1.rom#$file#"
		fine
	done
	vm win11 "s#</source>#</source><!-- -->#; /<rom/d; s#<alias name='ua-gpurom-\(.*\)-1'/>#&<rom file='/var/lib/gpurom/by-path/$p1.rom'/>#"
	refused "win11: 0000:01:00.1: function 1 has the card's romfile, which is for the display function, 0; 'gpurom snippet $p1 --libvirt' prints it there"
}

@test "the romfile by Proxmox's folder, and written with references" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 3 3 $IDS rom=a.rom | a_boot 2
	vm win11 "s/ua-gpurom-[^-]*-/ua-gpurom-$(of $p3 .id)-/; s/bus='0x01'/bus='0x03'/; s#/var/lib/gpurom/by-path#/usr/share/kvm/gpurom#"
	fixed "<rom file='/usr/share/kvm/gpurom/$p1.rom'/>" "<rom file='/usr/share/kvm/gpurom/$p3.rom'/>"
	vm win11 "s/ua-gpurom-[^-]*-/ua-gpurom-$(of $p3 .id)-/; s/bus='0x01'/bus='0x03'/"
	sed -i "s#by-path/$p1#by\&\#45;path/\&\#x70;${p1#p}#" vm.xml
	grep -qF "by&#45;path/&#x70;ci" vm.xml
	d fix <vm.xml >fixed.xml
	same "$(diff vm.xml fixed.xml | sed -n 's/^> *//p')" "<rom file='/var/lib/gpurom/by-path/$p3.rom'/>"
}

@test "the romfile: not for QEMU's user" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	file=/var/lib/gpurom/roms/$(sha a.rom).rom
	chmod 640 "$R$file"
	refused "win11: 0000:01:00.0: QEMU's user cannot read the romfile: $file has mode 0640; 'chmod o+r $file'"
	chmod 644 "$R$file"
	for folder in /var/lib/gpurom /var/lib/gpurom/roms /var/lib/gpurom/by-path; do
		chmod 750 "$R$folder"
		refused "win11: 0000:01:00.0: QEMU's user cannot read the romfile: $folder has mode 0750; 'chmod o+x $folder'"
		chmod 755 "$R$folder"
	done
	fine
}

@test "without a record: a fault where there is something of gpurom's, nothing where not" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11
	cp vm.xml before.xml
	echo nonsense >"$(store)/cards.json"
	remedy="'gpurom verify' checks the store, 'gpurom commit' writes the record"
	no_cure "win11: 0000:01:00.0: the device cannot be checked without the record (/var/lib/gpurom/cards.json: it is corrupt); $remedy"
	echo '{"version": 99, "cards": {}}' >"$(store)/cards.json"
	no_cure "win11: 0000:01:00.0: the device cannot be checked without the record (/var/lib/gpurom/cards.json: a newer gpurom wrote it); $remedy"
	rm -r "$(store)"
	sed "$untagged" before.xml >vm.xml
	no_cure "win11: 0000:01:00.0: the device cannot be checked without the record (/var/lib/gpurom/cards.json: there is none); $remedy"
	sed "$untagged; $no_rom" before.xml >vm.xml
	fine
}

@test "two hostdev elements that would come to one address: not fixed" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	vm win11 "/bus='0x05'/s/0x05/0x04/"
	run --separate-stderr -3 d fix <vm.xml
	same "$output" ""
	has "$stderr" "win11: 0000:04:00.0: it would get the address of another hostdev element, 0000:04:00.0; remove the one that is too many"
}

@test "a domain attribute that is not there is added where it is needed; numbers as libvirt reads them" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	vm win11 "s/<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/<address  bus = \"01\" slot='0x00' function='0'/; s/bus='0x01' slot='0x00' function='0x1'/function='1' slot='000' bus=' +1'/"
	fine
	edit_record ".cards[\"$p1\"].address = \"0000:02:00.0\""
	sed 's/^root.*/&/' machine >m1
	sed -i '1d; s/0000:01:00/0001:01:00/; s/parent=[^ ]*//' m1
	{
		echo "root pci0001:00 uid=1"
		cat m1
	} >m2
	id=$(of $p1 .id)
	grep -v 060400 m2 | sed 's/group=1//' | a_boot 2
	path=$(jq -r '.cards | to_entries[] | select(.value.address == "0001:01:00.0").key' "$(store)/cards.json")
	[ -n "$path" ]
	sed -i "s/$id/$(of "$path" .id)/; $no_rom" vm.xml
	same "$(d fix <vm.xml | grep -A1 '<source>' | grep -o "<address.*" | head -2)" \
		"$(printf "%s\n" "<address domain='0x0001'  bus = \"01\" slot='0x00' function='0'/>" "<address domain='0x0001' function='1' slot='000' bus=' +1'/>")"
}

@test "the VM's name: never a command of its own, nor a terminal's" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	vm win11 "s#<name>.*</name>#<name>a \$(reboot)\&\#x9b;31m</name>#"
	run --separate-stderr -3 d check <vm.xml
	has "$stderr" "gpurom-domain: a \$(reboot)??31m: 0000:01:00.0: "
	has "$stderr" "$(cure 5f6f3f2e-8f6e-4a51-9f0a-0f3f3a1d2b10)"
	sed -i '/<uuid>/d' vm.xml
	run --separate-stderr -3 d check <vm.xml
	has "$stderr" "$(cure VM)"
}

@test "--warn-only and --hook: guard= of the configuration and of the kernel command line" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	vm win11
	run --separate-stderr -0 d check --warn-only <vm.xml
	has "$stderr" "has another address now"
	run --separate-stderr -3 d check --hook <vm.xml
	has "$stderr" "has another address now"
	echo guard=warn >"$R/etc/gpurom.conf"
	: >"$R/dev/kmsg"
	run --separate-stderr -0 d check --hook <vm.xml
	same "$stderr" ""
	told "<4>gpurom: win11: 0000:01:00.0: its card, $p1, has another address now: 0000:04:00;"
	run -3 d check <vm.xml
	: >"$R/dev/kmsg"
	echo guard=off >"$R/etc/gpurom.conf"
	run -0 d check --hook <vm.xml
	same "$output$(kmsg)" ""
	run -0 d check --hook < <(echo nonsense)
	cmdline "quiet gpurom.guard=refuse"
	run -3 d check --hook <vm.xml
	cmdline "quiet gpurom.guard=refuse gpurom=0"
	run -0 d check --hook <vm.xml
	rm "$R/etc/gpurom.conf"
	cmdline "gpurom.guard=what"
	run -3 d check --hook <vm.xml
	has "$(g plan)" "'guard=what': not one of refuse, warn, off"
}

# odd TEXT WHY: refused as XML, by check and by fix.
odd() {
	for how in check fix "check --hook"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -1 d $how < <(printf '%b' "$1")
		same "$output" ""
		has "$stderr" "gpurom-domain: standard input: $2"
	done
}
dev() { echo "<domain><devices><hostdev type='pci'>$1</hostdev></devices></domain>"; }

@test "XML that is none, and XML that is hostile" {
	machine </dev/null
	odd "" "line 1: not well-formed XML: no element found"
	odd "<domain>" "line 1: not well-formed XML: "
	odd "<network/>" "line 1: <network> instead of <domain>"
	odd '<!DOCTYPE domain>\n<domain/>' "line 1: a document type, which no domain has"
	odd '<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n<domain><name>&b;</name></domain>' "line 2: a document type"
	odd '<domain>&lol;</domain>' "line 1: not well-formed XML: undefined entity"
	odd '<?xml version="1.0" encoding="ISO-8859-1"?><domain/>' "line 1: encoding 'ISO-8859-1': only UTF-8 is read"
	odd '<domain>\0</domain>' "a NUL byte: this is not XML in UTF-8"
	odd '<domain>\xff</domain>' "line 1: not well-formed XML: "
	odd "$(dev '<source><address bus="0x100"/></source>')" "line 1: bus='0x100' is not valid in a PCI address"
	odd "$(dev '<source><address slot="32"/></source>')" "line 1: slot='32' is not valid in a PCI address"
	odd "$(dev '<source><address function="010"/></source>')" "line 1: function='010' is not valid in a PCI address"
	odd "$(dev '<source><address domain="-1"/></source>')" "line 1: domain='-1' is not valid in a PCI address"
	odd "$(dev '<source/>')" "line 1: a PCI host device without an address"
	printf '<domain/>' | iconv -t UTF-16 >wide
	run -1 d check <wide
	printf '<a>%.0s' {1..65} >deep
	run -1 d check < <(echo "<domain>$(cat deep)")
	has "$output" "line 1: elements more than 64 deep"
	{ echo "<domain>" && head -c $((1 << 20)) /dev/zero | tr '\0' ' '; } >large
	run -1 d check <large
	has "$output" "more than 1048576 bytes"
	{ printf "<domain name='" && head -c $(((1 << 20) - 17)) /dev/zero | tr '\0' x && printf "'/>"; } >wide
	same "$(stat -c %s wide)" $((1 << 20))
	run -0 d check <wide
	d fix <wide | cmp - wide
	{ echo "<domain><devices>" && for _ in {1..65}; do dev "<source><address bus='9'/></source>" | sed 's/<[/]*domain>//g; s/<[/]*devices>//g'; done && echo "</devices></domain>"; } >many
	run -1 d check <many
	has "$output" "more than 64 PCI host devices"
}

@test "a byte order mark, and lines that end in CR LF: kept" {
	at 1 1 $IDS rom=a.rom | a_boot 1
	at 4 1 $IDS rom=a.rom | a_boot 2
	vm win11
	d fix <vm.xml >plain.xml
	for how in 's/$/\r/' '1s/^/\xef\xbb\xbf/' "1s/^/<?xml version='1.0' encoding='utf-8'?>\\n/"; do
		sed "$how" vm.xml | d fix | cmp - <(sed "$how" plain.xml)
	done
}

@test "nothing to compare: the buses are not looked at" {
	rmdir "$R/sys"
	echo "<domain><name>x</name></domain>" >vm.xml
	fine
	dev "<source><address bus='1'/></source>" >vm.xml
	run -1 d check <vm.xml
	has "$output" "gpurom-domain: the PCI buses cannot be read: "
}

@test "usage" {
	for words in "" what "check fix" "fix --what" "check --diff" "--root $R"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr "$DOMAIN" $words </dev/null
		has "$stderr" "usage: gpurom-domain" || has "$stderr" "option"
	done
	run -1 "$DOMAIN" --root "$T/none" check </dev/null
	run -0 "$DOMAIN" --help
	has "$output" "fix [--diff]"
	run -0 "$DOMAIN" --version
	has "$output" "gpurom-domain "
	echo "<domain/>" >vm.xml
	run -1 bash -c "'$DOMAIN' --root '$R' fix <vm.xml >/dev/full"
	has "$output" "standard output"
}
