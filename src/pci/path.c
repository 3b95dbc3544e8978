// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/path.h"

#include <errno.h>
#include <string.h>

#define COMPONENT_MAX 32 /* "pci10000:e0", "10000:e1:00.0"; with NUL */

/* A name being written; n is sizeof(text) once something did not fit. */
struct name {
	char text[PCI_PATH_MAX];
	size_t n;
};

/* Not by snprintf: a large machine has thousands of functions, each with a name. */
static void add(struct name *to, const char *text)
{
	size_t room = sizeof(to->text) - to->n, n = strlen(text);

	if (n < room)
		memcpy(to->text + to->n, text, n + 1);
	to->n += n < room ? n : room;
}

static void add_char(struct name *to, char c)
{
	add(to, (char[]){c, '\0'});
}

/* before, then v in hexadecimal, of so many digits at least. */
static void add_hex(struct name *to, const char *before, size_t digits, uint32_t v)
{
	char text[PCI_HEX_BUF];

	(void)pci_hex_put(text, digits, v);
	add(to, before);
	add(to, text);
}

static uint32_t fnv1a(const char *p, size_t n)
{
	uint32_t h = 0x811c9dc5;

	while (n--)
		h = (h ^ (unsigned char)*p++) * 0x01000193;
	return h;
}

static void add_uid(struct name *to, const char *uid, size_t n)
{
	bool lossy = false;

	add(to, "-uid");
	for (size_t i = 0; i < n; i++) {
		if (uid[i] >= 'A' && uid[i] <= 'Z') {
			add_char(to, (char)(uid[i] | 0x20));
		} else if (uid[i] >= '0' && uid[i] <= '9') {
			add_char(to, uid[i]);
		} else {
			add_char(to, uid[i] >= 'a' && uid[i] <= 'z' ? uid[i] : '_');
			lossy = true;
		}
	}
	if (lossy)
		add_hex(to, ".", 8, fnv1a(uid, n));
}

/* "pci0000:00" */
static bool parse_bridge(const char *p, uint32_t *ret_domain, uint32_t *ret_bus)
{
	if (strncmp(p, "pci", 3) != 0)
		return false;
	p += 3;
	if (!pci_hex(&p, 8, UINT32_MAX, ret_domain) || *p++ != ':')
		return false;
	return pci_hex(&p, 2, UINT8_MAX, ret_bus) && !*p;
}

/* The first n bytes of from. False where that is too long to be a bridge or a device. */
static bool cut_part(const char *from, size_t n, char ret[COMPONENT_MAX])
{
	if (n >= COMPONENT_MAX)
		return false;
	memcpy(ret, from, n);
	ret[n] = '\0';
	return true;
}

/* The next component. False at the end, and if it is empty or too long to be a bridge or a device.
 */
static bool next_component(const char **at, char ret[COMPONENT_MAX])
{
	size_t n = strcspn(*at, "/");

	if (n == 0 || !cut_part(*at, n, ret))
		return false;
	*at += n;
	if (**at == '/' && (*at)[1])
		++*at;
	return true;
}

size_t pcipath_root(const char *sysfs)
{
	char part[COMPONENT_MAX];
	uint32_t domain, bus;
	size_t at = 0;

	for (;;) {
		size_t n = strcspn(sysfs + at, "/");

		bool bridge = cut_part(sysfs + at, n, part) && parse_bridge(part, &domain, &bus);

		at += n;
		if (bridge)
			return at;
		if (!sysfs[at])
			return 0;
		at++;
	}
}

bool pcipath_bridge(const char *sysfs, size_t n, uint32_t *ret_domain, uint32_t *ret_bus)
{
	char part[COMPONENT_MAX];
	size_t start = n;

	while (start > 0 && sysfs[start - 1] != '/')
		start--;
	return cut_part(sysfs + start, n - start, part) && parse_bridge(part, ret_domain, ret_bus);
}

static void add_root(struct name *to, const char *bridge, const char *uid, uint32_t *ret_domain)
{
	size_t uid_n = uid ? strlen(uid) : 0;
	uint32_t bus = 0;

	(void)parse_bridge(bridge, ret_domain, &bus);
	while (uid_n > 0 && strchr(" \t\n", uid[uid_n - 1]))
		uid_n--;
	add_hex(to, "pci", 4, *ret_domain);
	if (uid_n > 0)
		add_uid(to, uid, uid_n);
	else
		add_hex(to, "-bus", 2, bus);
}

/* Adds what is below the first host bridge, down to the card. False if p has another form. */
static bool add_chain(struct name *to, const char *p, uint32_t domain)
{
	char part[COMPONENT_MAX];
	struct pci_addr a = {0};
	bool pending = false; /* a is a device that is not yet in the name */
	uint32_t bus;

	while (next_component(&p, part)) {
		if (pending) {
			add_hex(to, "-", 2, a.dev);
			add_hex(to, ".", 1, a.fn);
		}
		if (pending && parse_bridge(part, &domain, &bus)) {
			add(to, "-pci");
			pending = false;
			continue;
		}
		if (pci_addr_parse(part, &a) < 0 || a.domain != domain)
			return false;
		pending = true;
	}
	if (*p || !pending)
		return false;
	add_hex(to, "-", 2, a.dev);
	return true;
}

int pcipath_make(const char *sysfs, const char *uid, char buf[PCI_PATH_MAX])
{
	static const char top[] = "devices/";
	size_t root = pcipath_root(sysfs), start = root;
	char bridge[COMPONENT_MAX];
	struct name name = {.n = 0};
	uint32_t domain = 0;

	buf[0] = '\0';
	if (strncmp(sysfs, top, strlen(top)) != 0 || root == 0 || sysfs[root] != '/')
		return -EINVAL;
	while (sysfs[start - 1] != '/')
		start--;
	if (!cut_part(sysfs + start, root - start, bridge))
		return -EINVAL;
	add_root(&name, bridge, uid, &domain);
	if (!add_chain(&name, sysfs + root + 1, domain))
		return -EINVAL;
	if (name.n >= sizeof(name.text))
		return -ENAMETOOLONG;
	memcpy(buf, name.text, name.n + 1);
	return 0;
}

bool pcipath_is_unique(const struct pci_scan *s, size_t i)
{
	for (size_t j = 0; j < s->n; j++)
		if (s->fn[i].path[0] && strcmp(s->fn[i].path, s->fn[j].path) == 0 &&
		    !pci_addr_same_card(s->fn[i].addr, s->fn[j].addr))
			return false;
	return true;
}
