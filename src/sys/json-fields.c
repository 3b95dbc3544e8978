#include "sys/json-fields.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS_BUF 10 /* "10de:2204" */

void json_put_addr(struct json_writer *w, struct pci_addr a)
{
	char buf[PCI_ADDR_BUF];

	json_put_text(w, "address", pci_addr_format(a, buf));
}

void json_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device)
{
	char buf[IDS_BUF];

	snprintf(buf, sizeof(buf), "%04x:%04x", vendor, device);
	json_put_text(w, key, buf);
}

void json_put_class(struct json_writer *w, uint32_t class)
{
	char buf[8];

	snprintf(buf, sizeof(buf), "%06x", class & 0xffffff);
	json_put_text(w, "class", buf);
}

void json_put_serial(struct json_writer *w, uint64_t serial)
{
	char buf[PCI_SERIAL_BUF];

	if (serial)
		json_put_text(w, "serial", pci_serial_format(serial, buf));
}

void json_put_slot(struct json_writer *w, const char *slot)
{
	if (*slot)
		json_put_text(w, "slot", slot);
}

void json_get_addr(struct json_reader *r, struct pci_addr *ret)
{
	char text[PCI_ADDR_BUF + 1] = "";

	json_get_text(r, "address", text, sizeof(text));
	if (pci_addr_parse(text, ret) < 0)
		r->err = -EBADMSG;
}

/* Exactly `digits` lower-case hex digits at s. */
static bool hex_at(const char *s, size_t digits, uint32_t *ret)
{
	uint32_t v = 0;

	for (size_t i = 0; i < digits; i++) {
		const char *hex = "0123456789abcdef";
		const char *at = s[i] ? strchr(hex, s[i]) : NULL;

		if (!at)
			return false;
		v = v << 4 | (uint32_t)(at - hex);
	}
	*ret = v;
	return true;
}

void json_get_ids(struct json_reader *r, const char *key, uint16_t *vendor, uint16_t *device)
{
	char text[IDS_BUF + 1] = "";
	uint32_t v, d;

	json_get_text(r, key, text, sizeof(text));
	if (strlen(text) != IDS_BUF - 1 || !hex_at(text, 4, &v) || text[4] != ':' ||
	    !hex_at(text + 5, 4, &d)) {
		r->err = -EBADMSG;
		return;
	}
	*vendor = (uint16_t)v;
	*device = (uint16_t)d;
}

void json_get_sha256(struct json_reader *r, const char *key, char ret[SHA256_HEX])
{
	char text[SHA256_HEX + 1] = "";
	uint32_t part;

	json_get_text(r, key, text, sizeof(text));
	/* It becomes part of a file's name: nothing but a digest may pass. */
	for (size_t i = 0; *text && i < SHA256_HEX - 1; i += 8)
		if (!hex_at(text + i, 8, &part)) {
			r->err = -EBADMSG;
			return;
		}
	if (*text && text[SHA256_HEX - 1])
		r->err = -EBADMSG;
	else
		memcpy(ret, text, SHA256_HEX);
}

void json_get_serial(struct json_reader *r, uint64_t *ret)
{
	char text[PCI_SERIAL_BUF + 1] = "";
	uint64_t serial = 0;

	json_get_text(r, "serial", text, sizeof(text));
	if (!*text)
		return;
	if (pci_serial_parse(text, &serial) < 0 || !pci_serial_usable(serial))
		r->err = -EBADMSG;
	else
		*ret = serial;
}

void json_get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX])
{
	char text[PCI_SLOT_MAX + 1] = "";
	size_t n;

	json_get_text(r, "slot", text, sizeof(text));
	n = strlen(text);
	if (n >= PCI_SLOT_MAX || text[strspn(text, PCI_SLOT_CHARS)])
		r->err = -EBADMSG;
	else if (n)
		memcpy(ret, text, n + 1);
}

void json_get_class(struct json_reader *r, uint32_t *ret)
{
	char text[8] = "";
	uint32_t v = 0;

	json_get_text(r, "class", text, sizeof(text));
	if (strlen(text) != 6 || !hex_at(text, 6, &v))
		r->err = -EBADMSG;
	else
		*ret = v;
}

void json_get_verdict(struct json_reader *r, enum verdict *ret)
{
	const char *words[] = {verdict_text(VERDICT_REJECTED), verdict_text(VERDICT_USABLE),
			       verdict_text(VERDICT_COMPLETE)};
	unsigned verdict = *ret;

	json_get_word(r, "verdict", words, COUNT(words), &verdict);
	*ret = (enum verdict)verdict;
}
