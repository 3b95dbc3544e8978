#include "pci/cards.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool cards_next(const struct pci_scan *s, size_t *at, struct card *ret)
{
	while (*at < s->n) {
		size_t first = *at, display = SIZE_MAX, i;

		for (i = first; i < s->n && pci_addr_same_card(s->fn[first].addr, s->fn[i].addr);
		     i++)
			if (display == SIZE_MAX && pci_fn_is_display(&s->fn[i]))
				display = i;
		*at = i;
		if (display == SIZE_MAX)
			continue;
		*ret = (struct card){
			.fn = &s->fn[first], .n = i - first, .display = display - first};
		return true;
	}
	return false;
}

static bool means(const struct selector *sel, const char *text, const struct card *c)
{
	if (strcmp(c->fn[c->display].path, text) == 0)
		return true;
	for (size_t i = 0; sel && i < c->n; i++)
		if (selector_matches(sel, &c->fn[i]))
			return true;
	return false;
}

/* A serial number may stand without its word before it. */
static const char *parse(const char *text, struct selector *ret)
{
	char word[sizeof("serial:") + PCI_SERIAL_BUF];
	uint64_t serial;

	if (pci_serial_parse(text, &serial) < 0)
		return selector_parse(text, ret);
	snprintf(word, sizeof(word), "serial:%s", text);
	return selector_parse(word, ret);
}

int cards_find(const struct pci_scan *s, const char *text, struct card *ret,
	       char why[CARDS_WHY_MAX])
{
	struct selector sel;
	const char *bad = parse(text, &sel);
	struct card c, found = {.n = 0};
	size_t at = 0, count = 0;

	for (size_t nth = 0; cards_next(s, &at, &c); nth++)
		if (means(bad ? NULL : &sel, text, &c)) {
			found = c;
			found.nth = nth;
			count++;
		}
	if (count == 1) {
		*ret = found;
		return 0;
	}
	if (count > 1)
		snprintf(why, CARDS_WHY_MAX,
			 "%zu cards are meant: take an address or a path name "
			 "of 'gpurom list'",
			 count);
	else
		snprintf(why, CARDS_WHY_MAX, "%s",
			 bad ? bad : "no such card; 'gpurom list' has them");
	return count > 1 ? -ENOTUNIQ : bad ? -EINVAL : -ENOENT;
}
