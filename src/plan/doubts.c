// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/doubts.h"

#include <stdio.h>

/* The first of these functions that the selector matches; display: of graphics cards' alone. */
static const struct pci_fn *first_match(const struct selector *sel, const struct pci_scan *s,
					const struct pci_fn *fn, size_t n, bool display)
{
	for (size_t i = 0; i < n; i++)
		if ((!display || pci_fn_is_display(&fn[i])) && selector_matches(sel, s, &fn[i]))
			return &fn[i];
	return NULL;
}

/* Of the graphics cards that an address without domain matches. s is in address order. */
static size_t count_domains(const struct selector *sel, const struct pci_scan *s)
{
	size_t n = 0;
	uint32_t last = 0;

	if (sel->kind != SELECT_ADDR || sel->domain >= 0 || sel->bus < 0)
		return 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct pci_fn *f = &s->fn[i];

		if (!pci_fn_is_display(f) || !selector_matches(sel, s, f))
			continue;
		n += n == 0 || f->addr.domain != last;
		last = f->addr.domain;
	}
	return n;
}

static bool find_doubt(const struct selector *sel, const struct pci_scan *s, bool keep,
		       struct plan_doubt *ret)
{
	const struct pci_fn *display = first_match(sel, s, s->fn, s->n, true);
	const struct pci_fn *any = first_match(sel, s, s->fn, s->n, false);

	*ret = (struct plan_doubt){.word = sel->text,
				   .fn = any ? any : first_match(sel, s, s->vf, s->n_vf, false),
				   .domains = count_domains(sel, s)};
	if (keep && !display)
		ret->kind = DOUBT_KEEPS_NONE;
	else if (ret->domains > 1)
		ret->kind = DOUBT_DOMAINS;
	else if (any || sel->kind == SELECT_NVIDIA || sel->kind == SELECT_BOOT_VGA)
		return false;
	else
		ret->kind = ret->fn ? DOUBT_VIRTUAL : DOUBT_NO_MATCH;
	if (ret->kind == DOUBT_DOMAINS)
		ret->fn = display;
	return true;
}

size_t plan_doubts(const struct config *c, const struct pci_scan *s,
		   struct plan_doubt ret[PLAN_DOUBTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_devices; i++)
		n += find_doubt(&c->devices[i], s, false, &ret[n]);
	for (size_t i = 0; i < c->n_keep; i++)
		n += find_doubt(&c->keep[i], s, true, &ret[n]);
	return n;
}

const char *plan_doubt_text(const struct plan_doubt *d, char buf[PLAN_DOUBT_TEXT_MAX])
{
	char what[80] = "nothing on this host", addr[PCI_ADDR_BUF];
	const struct pci_fn *f = d->fn;

	if (f)
		snprintf(what, sizeof(what), "%s%s, %04x:%04x, class %06x",
			 f->is_vf ? "the virtual function " : "", pci_addr_format(f->addr, addr),
			 f->ids.vendor, f->ids.device, f->class);
	switch (d->kind) {
	case DOUBT_KEEPS_NONE:
		snprintf(buf, PLAN_DOUBT_TEXT_MAX,
			 "keep: '%s' keeps no graphics card: it matches %s", d->word, what);
		break;
	case DOUBT_DOMAINS:
		snprintf(
			buf, PLAN_DOUBT_TEXT_MAX,
			"'%s' matches graphics cards in %zu PCI domains: write the domain too, as in "
			"%04x:%02x:%02x",
			d->word, d->domains, f->addr.domain, f->addr.bus, f->addr.dev);
		break;
	case DOUBT_VIRTUAL:
		snprintf(buf, PLAN_DOUBT_TEXT_MAX,
			 "'%s' matches only %s: gpurom never takes virtual functions", d->word,
			 what);
		break;
	case DOUBT_NO_MATCH:
		snprintf(buf, PLAN_DOUBT_TEXT_MAX, "'%s' matches %s", d->word, what);
		break;
	}
	return buf;
}
