// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/smbios.h"

#define HEADER 4 /* type, length, handle; the length counts them */
#define AT_LENGTH 1
#define TYPE_SLOT 9
#define TYPE_END 127

/* Of type 9; the address came with SMBIOS 2.6. */
#define SLOT_DESIGNATION 0x04
#define SLOT_SEGMENT 0x0d
#define SLOT_BUS 0x0f
#define SLOT_DEVFN 0x10
#define NO_SEGMENT 0xffff
#define NO_BUS 0xff
#define NO_DEVFN 0xff

bool smbios_next(struct bytes table, size_t *off, struct bytes *ret)
{
	uint8_t type, length;
	size_t end;

	if (!bytes_u8(table, *off, &type) || type == TYPE_END ||
	    !bytes_u8(table, *off + AT_LENGTH, &length) || length < HEADER)
		return false;
	for (end = *off + length; !bytes_is(table, end, "\0", 2); end++)
		if (!bytes_has(table, end, 2))
			return false;
	end += 2;
	*ret = bytes_sub(table, *off, end - *off);
	*off = end;
	return true;
}

/* The string of that number, counted from 1; empty if there is none. */
static struct bytes find_string(struct bytes strings, uint8_t number)
{
	size_t start = 0;
	uint8_t c;

	for (size_t i = 0; number && bytes_u8(strings, i, &c); i++) {
		if (c)
			continue;
		if (i == start)
			break;
		if (--number == 0)
			return bytes_sub(strings, start, i - start);
		start = i + 1;
	}
	return (struct bytes){NULL, 0};
}

static bool is_blank_at(struct bytes b, size_t i)
{
	uint8_t c = 0;

	return bytes_u8(b, i, &c) && c == ' ';
}

static void copy_name(struct bytes text, char ret[SMBIOS_NAME_MAX])
{
	size_t n = 0;
	uint8_t c;

	while (is_blank_at(text, 0))
		text = bytes_sub(text, 1, text.n);
	for (; n < SMBIOS_NAME_MAX - 1 && bytes_u8(text, n, &c); n++)
		ret[n] = (char)(c >= ' ' && c <= '~' ? c : '?');
	while (n > 0 && ret[n - 1] == ' ')
		n--;
	ret[n] = '\0';
}

bool smbios_slot(struct bytes structure, struct smbios_slot *ret)
{
	uint8_t type = 0, length = 0, designation = 0, bus = 0, devfn = 0;
	struct smbios_slot slot;
	uint16_t segment = 0;
	struct bytes fields;

	if (!bytes_u8(structure, 0, &type) || type != TYPE_SLOT ||
	    !bytes_u8(structure, AT_LENGTH, &length) || !bytes_has(structure, 0, length))
		return false;
	fields = bytes_sub(structure, 0, length);
	if (!bytes_u8(fields, SLOT_DESIGNATION, &designation) ||
	    !bytes_le16(fields, SLOT_SEGMENT, &segment) || !bytes_u8(fields, SLOT_BUS, &bus) ||
	    !bytes_u8(fields, SLOT_DEVFN, &devfn))
		return false;
	if (segment == NO_SEGMENT || (bus == NO_BUS && devfn == NO_DEVFN))
		return false;
	slot.addr = (struct pci_addr){segment, bus, devfn >> 3, devfn & PCI_FN_MAX};
	copy_name(find_string(bytes_sub(structure, length, structure.n), designation), slot.name);
	if (!slot.name[0])
		return false;
	*ret = slot;
	return true;
}
