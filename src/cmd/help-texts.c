// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/help-texts.h"

#include <string.h>

#define JSON_OPTION                                                                                \
	{                                                                                          \
		"--json", "for programs: JSON; --json=2: an object with its version"               \
	}
#define WHILE_BOUND_OPTION                                                                         \
	{                                                                                          \
		"--while-bound", "tries sources that may stop the driver that has the card"        \
	}
#define SOURCE_OPTION                                                                              \
	{                                                                                          \
		"--source=SOURCE", "only this one: sysfs, efi, prom, vfio or shadow"               \
	}
#define FORCE_OUT_OPTION                                                                           \
	{                                                                                          \
		"--force", "replaces OUT if it exists"                                             \
	}
#define CMDLINE_OPTION                                                                             \
	{                                                                                          \
		"--cmdline TEXT", "as if this were /proc/cmdline"                                  \
	}

static const struct help_text texts[] = {
	{"list",
	 "Prints the display cards of this host: address, ids, driver, IOMMU group, the state\n"
	 "of the ROM, which card it is, and its path name. Below the table is what blocks a\n"
	 "card or goes along with it. Recorded cards that are not here come last.\n",
	 {JSON_OPTION,
	  {"--columns=COLUMN,...", "these: ADDRESS IDS CLASS DRIVER GROUP VGA ROM CARD PATH MODEL"},
	  {"--noheadings", "without the first line, for scripts"}},
	 NULL,
	 "gpurom list --columns=ADDRESS,ROM,PATH"},
	{"plan",
	 "Prints which cards the next boot would take, which drivers it would unbind, and why.\n"
	 "Changes nothing. Names each word of the configuration that is not understood.\n",
	 {JSON_OPTION, CMDLINE_OPTION},
	 NULL,
	 "gpurom plan --cmdline \"$(cat /proc/cmdline) gpurom.keep=boot-vga\""},
	{"report",
	 "Prints what this boot did with each card: taken or left, the driver, each source of\n"
	 "the ROM that was tried, the verdict, and how long it took.\n",
	 {JSON_OPTION},
	 NULL,
	 "gpurom report"},
	{"show",
	 "Prints what a ROM file holds: images, version, board, sums, a map of the file, and\n"
	 "whether a virtual machine can use it, with reasons.\n",
	 {JSON_OPTION,
	  {"--card=VENDOR:DEVICE", "also: is it the ROM of a card with these ids?"},
	  {"--format=rom-parser", "prints what awilliam's rom-parser prints"}},
	 "FILE is no ROM",
	 "gpurom show card.rom"},
	{"trim",
	 "Writes to OUT the part of a ROM file that a virtual machine needs: from the first\n"
	 "image to the one that is marked as last. Refuses a file without a complete ROM.\n",
	 {{"--tail=keep", "drops only what is before the first image"}, FORCE_OUT_OPTION},
	 NULL,
	 "gpurom trim saved.rom card.rom"},
	{"snippet",
	 "Prints what the definition of a virtual machine needs for a card, with its romfile.\n"
	 "Comments say which card it is, and warn of what is not as it should be.\n",
	 {{"--libvirt", "elements for libvirt's XML"},
	  {"--qemu", "arguments of QEMU, as a shell takes them"},
	  {"--proxmox", "lines for Proxmox VE"},
	  {"--json", "with --qemu: as QEMU's JSON objects"},
	  {"--iommufd", "with --qemu: through /dev/iommu"},
	  {"--hide-kvm", "hides the hypervisor from old drivers"},
	  {"--apply VMID", "with --proxmox: the commands that give it to this VM"},
	  {"--mapping NAME", "with --proxmox: this node's line of a cluster's mapping"}},
	 NULL,
	 "gpurom snippet 01:00.0 --libvirt"},
	{"dump",
	 "Reads a card's ROM now and writes its romfile to OUT. Tries each configured source in\n"
	 "turn. What it changes for the reading (power, memory decode, ROM BAR) it puts back.\n",
	 {SOURCE_OPTION,
	  {"--raw", "writes the bytes as they came"},
	  WHILE_BOUND_OPTION,
	  FORCE_OUT_OPTION},
	 NULL,
	 "gpurom dump 01:00.0 card.rom"},
	{"verify",
	 "Without an argument: is the store whole? With a file: what is it, and is it stored?\n"
	 "With a card: reads its ROM now and compares it with the stored one.\n"
	 "Never writes to the store.\n",
	 {JSON_OPTION, SOURCE_OPTION, WHILE_BOUND_OPTION},
	 "a fault in the store, a rejected file, or a card with another ROM",
	 "gpurom verify 01:00.0"},
	{"import",
	 "Stores a ROM file that another tool saved as the romfile of a card that is here.\n"
	 "Vendor, device, subsystem and class must be the card's. If the store shows a ROM of\n"
	 "the card already, the file is kept beside it.\n",
	 {{"--card=CARD", "the card that it is for"},
	  {"--allow-mismatch=WHAT", "vendor, device, subsystem, class: may differ"},
	  {"--replace", "the links show this file from now on"}},
	 NULL,
	 "gpurom import saved.rom --card=01:00.0"},
	{"resolve",
	 "Prints the address that a card has now, and nothing else. NAME is any of its names:\n"
	 "an address, path name, serial number or slot, also one from before it moved.\n",
	 {{NULL, NULL}},
	 NULL,
	 "gpurom resolve pci0000-uid0-01.0-00"},
	{"remap",
	 "Says that the card NEW, which is here, is the one that the record has as OLD. Settles\n"
	 "what a boot found ambiguous. 'gpurom remap X X' says that the card X is itself.\n",
	 {{NULL, NULL}},
	 NULL,
	 "gpurom remap pci0000-uid0-01.0-00 pci0000-uid0-03.0-00"},
	{"history",
	 "Prints what the record has of a card, in order of time: ROMs, pins, imports, earlier\n"
	 "addresses and places, and the cards that were in its place before.\n",
	 {JSON_OPTION},
	 NULL,
	 "gpurom history 01:00.0"},
	{"pin",
	 "Makes the links of a card show one of its ROMs: the one whose SHA-256 begins with\n"
	 "HASH (6 digits or more), or the one that the last boot read. The ROM that was shown\n"
	 "is kept beside it.\n",
	 {{NULL, NULL}},
	 NULL,
	 "gpurom pin 01:00.0"},
	{"forget",
	 "Takes a card that is gone for good out of the record, with its links. Its ROM files\n"
	 "stay until 'gpurom gc'. Refuses to forget a card that is here.\n",
	 {{NULL, NULL}},
	 NULL,
	 "gpurom forget pci0000-uid0-01.0-00"},
	{"gc",
	 "Removes the romfiles and raw readings of the store that neither the record nor a link\n"
	 "refers to, and prints each. Touches no file that gpurom did not make.\n",
	 {{"--dry-run", "prints them, and removes nothing"}, JSON_OPTION},
	 "nothing was removed, as the record is missing or damaged",
	 "gpurom gc --dry-run"},
	{"take",
	 "Takes a card for VMs now, as a boot does: its drivers are unbound, its ROM is read and\n"
	 "stored, and the vfio driver gets it. Refuses while a process uses the card.\n",
	 {{"--force", "also a card that has virtual functions, which are lost"}, JSON_OPTION},
	 NULL,
	 "gpurom take 01:00"},
	{"release",
	 "Gives a card to the host's drivers now, and prints which of them bound. Refuses while a\n"
	 "VM or another process uses the card. Prints the keep= line that makes it last.\n",
	 {{"--until-boot", "the next boot takes it again: no keep= line is printed"},
	  {"--force", "also a card that has virtual functions, which are lost"},
	  JSON_OPTION},
	 "no driver of the host took the card's display function",
	 "gpurom release --until-boot 01:00"},
	{"doctor",
	 "Checks this host and its cards: IOMMU, groups, drivers, ROMs, images, VMs and more. A\n"
	 "line each: ok, attention or wrong, and below it the cure. Writes nothing.\n",
	 {JSON_OPTION, {"--format=FORM", "nagios (exit status 0 to 3) or prometheus"}},
	 "something needs attention, or is wrong",
	 "gpurom doctor"},
	{"metrics",
	 "Prints what a fleet's monitoring asks of this host, as Prometheus text: cards by state\n"
	 "and verdict, changed ROMs, how long the boot waited. Touches no device. gpurom(5),\n"
	 "METRICS, describes each.\n",
	 {{"--publish", "writes gpurom.prom into the folder that metrics= names instead"}},
	 "metrics= names no folder",
	 "gpurom metrics"},
	{"bundle",
	 "Writes what gpurom's answers about this machine depend on into one file, for a bug\n"
	 "report: no ROM bytes, no names of the host, serial numbers hidden. 'gpurom --root' of\n"
	 "the unpacked folder gives the same answers. FILE - is the standard output.\n",
	 {{"--serials", "serial numbers as they are"}, {"--force", "replaces FILE if it exists"}},
	 NULL,
	 "gpurom bundle machine.tar.zst"},
	{"help",
	 "Prints the commands, or what one command does and takes. So does COMMAND --help.\n",
	 {{NULL, NULL}},
	 NULL,
	 "gpurom help snippet"},
	{"version",
	 "Prints the version of gpurom. So does gpurom --version.\n",
	 {{NULL, NULL}},
	 NULL,
	 NULL},
	{"claim",
	 "A step of a boot: holds the selected cards, so that no driver can bind them, and\n"
	 "unbinds the drivers that are bound.\n",
	 {{"--force", "also of a card whose device nodes a process has open"}, CMDLINE_OPTION},
	 NULL,
	 NULL},
	{"capture",
	 "A step of a boot: reads the ROM of each held card, and hands the card to vfio-pci.\n",
	 {{NULL, NULL}},
	 NULL,
	 NULL},
	{"settle",
	 "A step of a boot: waits for capture, at most 'timeout' seconds, and hands over what\n"
	 "it has not finished.\n",
	 {{NULL, NULL}},
	 NULL,
	 NULL},
	{"boot",
	 "claim, capture and settle in one call, for images made by hand.\n",
	 {{"--force", "also takes a card whose device nodes a process has open"}, CMDLINE_OPTION},
	 NULL,
	 NULL},
	{"commit",
	 "A step of a boot, in the real root: stores the ROMs that this boot read. A second call\n"
	 "changes nothing.\n",
	 {{NULL, NULL}},
	 NULL,
	 NULL},
	{"note-image",
	 "What the hooks of image generators call: notes in the store what an image got.\n",
	 {{"--kernel=RELEASE", "the kernel whose image it is"},
	  {"--by=NAME", "the generator"},
	  {"--image=DIR", "the folder that becomes the image"},
	  {"--program=FILE", "the program that went into it"}},
	 NULL,
	 NULL},
	{"late",
	 "What udev and a unit call for a card that came after the boot, or went.\n",
	 {{"--hold", "only holds the card, and prints 'taken' if it is to be taken"}},
	 NULL,
	 NULL},
};

const struct help_text *help_text_find(const char *name)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].name, name) == 0)
			return &texts[i];
	return NULL;
}
