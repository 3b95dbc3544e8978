#include "record/resolve.h"

#include "record/identity.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) void say(struct resolved *r, const char *fmt, ...)
{
	size_t n = strlen(r->text);
	va_list ap;

	if (n && n + 2 < sizeof(r->text)) {
		strcpy(r->text + n, "; ");
		n += 2;
	}
	va_start(ap, fmt);
	vsnprintf(r->text + n, sizeof(r->text) - n, fmt, ap);
	va_end(ap);
}

static const char *when(const char *time)
{
	return *time ? time : "an earlier boot";
}

static bool same_model(const struct record *r, const char *path, const struct card *c)
{
	struct record_card was = {.by_id = ""};

	return record_find(r, path, &was) == 0 &&
	       identity_same_model(&was.ids, &c->fn[c->display].ids);
}

/* The card that is recorded at path, where it stands there now. */
static bool stands(const struct pci_scan *s, const struct record *r, const char *path,
		   struct card *ret)
{
	char why[CARDS_WHY_MAX];

	return cards_find(s, path, ret, why) == 0 &&
	       strcmp(ret->fn[ret->display].path, path) == 0 && same_model(r, path, ret);
}

/* "at 0000:01:00.0 now" or that it is not here. */
static const char *place(const struct pci_scan *s, const struct record *r, const char *path,
			 char buf[PCI_ADDR_BUF + 16])
{
	char addr[PCI_ADDR_BUF];
	struct card c;

	if (stands(s, r, path, &c))
		snprintf(buf, PCI_ADDR_BUF + 16, "at %s now",
			 pci_addr_format(c.fn[c.display].addr, addr));
	else
		strcpy(buf, "not here now");
	return buf;
}

static void warn_ambiguous(struct resolved *r, const struct record *rec)
{
	const char *maybe[IDENTITY_MAYBE_MAX];
	size_t n = record_maybe(rec, r->path, maybe);

	if (n)
		say(r, "which card this is is not certain");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(maybe[i], r->path) == 0)
			say(r, "'gpurom remap %s %s' if it is itself", r->path, r->path);
		else
			say(r, "'gpurom remap %s %s' if it is the card of %s", maybe[i], r->path,
			    maybe[i]);
	}
}

/* Whose name it was before: a card elsewhere, or another one in the same place. */
static void warn_other(const struct pci_scan *s, const struct record *rec, const char *name,
		       struct resolved *r)
{
	struct record_card here = {.by_id = ""};
	char now[PCI_ADDR_BUF + 16];
	struct record_named was;

	if (record_named(rec, name, r->path, &was) == 0)
		say(r, "until %s this meant the card of %s, %s", when(was.until), was.path,
		    place(s, rec, was.path, now));
	if (record_find(rec, r->path, &here) == 0 && !same_model(rec, r->path, &r->card))
		say(r, "another model, %04x:%04x, stood here until %s", here.ids.vendor,
		    here.ids.device, when(here.last_seen));
}

struct candidates {
	struct resolved *r;
	const struct record *rec;
};

/* A card here that may be the missing one. */
static void say_candidate(void *ctx, const char *path, const struct record_card *card)
{
	struct candidates *c = ctx;

	(void)card;
	if (strcmp(path, c->r->path) != 0 && record_may_be(c->rec, path, c->r->path))
		say(c->r, "'gpurom remap %s %s' if it is the card that is at %s now", c->r->path,
		    path, path);
}

static int missing(const struct record *rec, struct resolved *r)
{
	struct candidates c = {.r = r, .rec = rec};
	struct record_card was = {.by_id = ""};
	char addr[PCI_ADDR_BUF];

	r->text[0] = '\0';
	(void)record_find(rec, r->path, &was);
	say(r, "the card of %s is not here; it was last seen on %s at %s", r->path,
	    when(was.last_seen), pci_addr_format(was.addr, addr));
	record_cards(rec, say_candidate, &c);
	return -ENOENT;
}

int resolve_recorded(const struct pci_scan *s, const struct record *rec, const char *path,
		     struct resolved *ret)
{
	struct card c;

	*ret = (struct resolved){.path = ""};
	snprintf(ret->path, sizeof(ret->path), "%s", path);
	if (!stands(s, rec, path, &c))
		return missing(rec, ret);
	ret->card = c;
	warn_ambiguous(ret, rec);
	return 0;
}

static int from_record(const struct pci_scan *s, const struct record *rec, const char *name,
		       struct resolved *r)
{
	char now[PCI_ADDR_BUF + 16];
	struct record_named was;
	struct card c;

	if (record_named(rec, name, NULL, &was) < 0)
		return -ENOENT;
	snprintf(r->path, sizeof(r->path), "%s", was.path);
	if (!stands(s, rec, was.path, &c))
		return missing(rec, r);
	r->card = c;
	r->text[0] = '\0';
	say(r, "an old %s, true until %s: it is %s, %s",
	    was.how == RECORD_NAME_OLD_PATH ? "path name" : "address", when(was.until), was.path,
	    place(s, rec, was.path, now));
	if (was.others)
		say(r, "%zu more card%s had it before", was.others, was.others == 1 ? "" : "s");
	warn_ambiguous(r, rec);
	return 0;
}

int resolve(const struct pci_scan *s, const struct record *rec, const char *name,
	    struct resolved *ret)
{
	char why[CARDS_WHY_MAX] = "";
	int old, err;

	*ret = (struct resolved){.path = ""};
	err = cards_find(s, name, &ret->card, why);
	if (err) {
		strcpy(ret->text, why);
		old = err != -ENOTUNIQ && rec ? from_record(s, rec, name, ret) : err;
		return old == 0 || ret->path[0] ? old : err;
	}
	strcpy(ret->path, ret->card.fn[ret->card.display].path);
	if (rec && ret->path[0]) {
		warn_other(s, rec, name, ret);
		warn_ambiguous(ret, rec);
	}
	return 0;
}
