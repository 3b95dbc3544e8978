// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any XML of a domain is refused, or its host devices can be given other addresses
 * and romfiles, which are found again, and nothing else is changed. */
#include "libvirt/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define NEW_NAME "pci0000-uid0-1f.7-00.rom"
#define ENSURE(x)                                                                                  \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

static struct pci_addr other(struct pci_addr a)
{
	return (struct pci_addr){a.domain + (a.bus & 1), (uint8_t)(a.bus + 1),
				 a.dev ^ (a.bus & PCI_DEV_MAX), a.fn};
}

/* Bytes of its file's name before the last part, 0 where it is none that is ever changed. */
static size_t folder_of(const struct vm_dev *d)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789._/-";
	const char *slash = strrchr(d->file, '/');

	return slash && !d->file[strspn(d->file, plain)] ? (size_t)(slash + 1 - d->file) : 0;
}

static void in_range(const struct vm_range *r, size_t n)
{
	ENSURE(r->at <= n && r->n <= n - r->at);
}

static void check(const struct vm *d, size_t n)
{
	ENSURE(d->n <= VM_DEVS_MAX && memchr(d->name, '\0', sizeof(d->name)));
	for (const char *c = d->name; *c; c++)
		ENSURE(*c >= ' ' && *c <= '~');
	for (size_t i = 0; i < d->n; i++) {
		const struct vm_dev *dev = &d->dev[i];

		ENSURE(dev->addr.dev <= PCI_DEV_MAX && dev->addr.fn <= PCI_FN_MAX);
		ENSURE(memchr(dev->file, '\0', sizeof(dev->file)));
		ENSURE(memchr(dev->alias, '\0', sizeof(dev->alias)));
		ENSURE(dev->behind_address && dev->behind_address < n);
		in_range(&dev->in_file, n);
		for (size_t k = 0; k < VM_PARTS; k++)
			in_range(&dev->part[k], n);
	}
}

static void edit(const struct vm *d, struct bytes xml, struct domedits *e)
{
	e->n = 0;
	for (size_t i = 0; i < d->n; i++) {
		size_t folder = folder_of(&d->dev[i]);

		domedit_address(e, &d->dev[i], other(d->dev[i].addr));
		if (folder)
			domedit_file(e, xml, &d->dev[i], folder, NEW_NAME);
	}
}

/* What stands between the edits is the same. */
static void compare(struct bytes xml, struct bytes is, const struct domedits *e)
{
	size_t was = 0, now = 0;

	for (size_t i = 0; i <= e->n; i++) {
		size_t upto = i < e->n ? e->e[i].at : xml.n;

		ENSURE(upto >= was && upto <= xml.n);
		ENSURE(bytes_is(is, now, xml.p + was, upto - was));
		now += upto - was;
		if (i == e->n)
			break;
		ENSURE(bytes_is(is, now, e->e[i].text, strlen(e->e[i].text)));
		now += strlen(e->e[i].text);
		was = upto + e->e[i].n;
	}
	ENSURE(now == is.n);
}

static void same_but_for(const struct vm *a, const struct vm *b)
{
	ENSURE(a->n == b->n && strcmp(a->name, b->name) == 0 && strcmp(a->uuid, b->uuid) == 0);
	for (size_t i = 0; i < a->n; i++) {
		const struct vm_dev *x = &a->dev[i], *y = &b->dev[i];
		size_t folder = folder_of(x);

		ENSURE(pci_addr_cmp(other(x->addr), y->addr) == 0);
		ENSURE(x->managed == y->managed && x->rom_off == y->rom_off);
		ENSURE(strcmp(x->alias, y->alias) == 0);
		/* A name that became too long is read as none. */
		if (folder && folder + sizeof(NEW_NAME) <= VM_FILE_MAX)
			ENSURE(strncmp(x->file, y->file, folder) == 0 &&
			       strcmp(y->file + folder, NEW_NAME) == 0);
		else if (!folder)
			ENSURE(strcmp(x->file, y->file) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct vm d, again;
	static struct domedits e;
	struct bytes xml = {p, n};
	char why[DOMXML_WHY_MAX], *text = NULL;
	size_t size;
	FILE *f;
	int err = domxml_parse(xml, &d, why);

	if (err) {
		ENSURE((err == -EBADMSG || err == -EFBIG) && why[0]);
		return 0;
	}
	check(&d, n);
	edit(&d, xml, &e);
	f = open_memstream(&text, &size);
	ENSURE(f);
	domedit_write(f, xml, &e);
	fflush(f);
	compare(xml, (struct bytes){(uint8_t *)text, size}, &e);
	ENSURE(domxml_parse((struct bytes){(uint8_t *)text, size}, &again, why) == 0);
	same_but_for(&d, &again);
	ENSURE(domedit_diff(f, xml, &e, "vm") == 0);
	fclose(f);
	free(text);
	return 0;
}
