// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/addr.h"

#include <errno.h>
#include <string.h>

/* isxdigit and strtoul would not do: they follow the locale and accept signs, blanks and "0x". */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool pci_hex(const char **at, size_t digits, uint32_t max, uint32_t *ret)
{
	const char *p = *at;
	uint32_t v = 0;
	size_t n = 0;

	for (; n < digits && hex_digit(*p) >= 0; n++)
		v = v << 4 | (uint32_t)hex_digit(*p++);
	if (n == 0 || v > max || hex_digit(*p) >= 0)
		return false;
	*at = p;
	*ret = v;
	return true;
}

static bool skip_char(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

/* bus:dev.fn to the end of the text */
static bool parse_in_domain(const char *p, uint32_t domain, struct pci_addr *ret)
{
	uint32_t bus, dev, fn;

	if (!pci_hex(&p, 2, UINT8_MAX, &bus) || !skip_char(&p, ':') ||
	    !pci_hex(&p, 2, PCI_DEV_MAX, &dev) || !skip_char(&p, '.') ||
	    !pci_hex(&p, 1, PCI_FN_MAX, &fn) || *p)
		return false;
	*ret = (struct pci_addr){domain, (uint8_t)bus, (uint8_t)dev, (uint8_t)fn};
	return true;
}

int pci_addr_parse(const char *text, struct pci_addr *ret)
{
	const char *p = text;
	uint32_t domain;

	if (parse_in_domain(text, 0, ret))
		return 0;
	if (pci_hex(&p, 8, UINT32_MAX, &domain) && skip_char(&p, ':') &&
	    parse_in_domain(p, domain, ret))
		return 0;
	return -EINVAL;
}

char *pci_hex_put(char *to, size_t digits, uint32_t v)
{
	while (digits < 8 && v >> 4 * digits)
		digits++;
	for (size_t i = digits; i-- > 0; v >>= 4)
		to[i] = "0123456789abcdef"[v & 0xf];
	to[digits] = '\0';
	return to + digits;
}

const char *pci_addr_format(struct pci_addr a, char buf[PCI_ADDR_BUF])
{
	char *at = buf + strlen(pci_addr_format_card(a, buf));

	*at++ = '.';
	(void)pci_hex_put(at, 1, a.fn & PCI_FN_MAX);
	return buf;
}

const char *pci_addr_format_card(struct pci_addr a, char buf[PCI_ADDR_BUF])
{
	char *at = pci_hex_put(buf, 4, a.domain);

	*at++ = ':';
	at = pci_hex_put(at, 2, a.bus);
	*at++ = ':';
	(void)pci_hex_put(at, 2, a.dev & PCI_DEV_MAX);
	return buf;
}

int pci_addr_cmp(struct pci_addr a, struct pci_addr b)
{
	uint64_t x = (uint64_t)a.domain << 24 | (uint64_t)a.bus << 16 | (uint64_t)a.dev << 8 | a.fn;
	uint64_t y = (uint64_t)b.domain << 24 | (uint64_t)b.bus << 16 | (uint64_t)b.dev << 8 | b.fn;

	return (x > y) - (x < y);
}

bool pci_addr_same_card(struct pci_addr a, struct pci_addr b)
{
	return a.domain == b.domain && a.bus == b.bus && a.dev == b.dev;
}
