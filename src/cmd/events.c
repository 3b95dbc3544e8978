// SPDX-License-Identifier: GPL-2.0-or-later
/* What became of the cards, for the journal: claim and settle logged it in an initramfs, where no
 * journal gives a line its fields. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "sys/file.h"
#include "sys/journal.h"
#include "util/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* False: nothing that an administrator waits for, such as a card that is the host's. */
static bool card_event(const struct boot_card *b, enum event_kind *ret)
{
	switch (b->state) {
	case CARD_BOUND:
		*ret = EVENT_CARD_TAKEN;
		return true;
	case CARD_SELECTED:
	case CARD_HELD:
	case CARD_DRIVERLESS:
	case CARD_STUCK:
		*ret = EVENT_CARD_NOT_TAKEN;
		return true;
	case CARD_RELEASED:
		*ret = EVENT_CARD_RELEASED;
		return true;
	case CARD_LEFT:
		break;
	}
	return false;
}

/* --- once a boot ------------------------------------------------------------------------------ */

#define ROOT_SAID ROOT_RUN "/events"
#define SAID_MAX (1u << 20) /* bytes of that file: thousands of cards */
#define SAID_MODE 0644

/* What was last said of each card in this boot, a line each: "state 0000:01:00 MESSAGE". The file
 * goes with /run: the next boot says all of it again. */
struct said {
	char *text; /* "" where nothing was said */
	bool changed, again;
};

static void said_load(const struct root *root, bool again, struct said *ret)
{
	uint8_t *text;
	size_t n;

	*ret = (struct said){.again = again};
	if (file_read_plain(root->fd, ROOT_SAID, SAID_MAX, &text, &n) == 0)
		ret->text = (char *)text;
	else
		ret->text = strdup("");
}

/* A failure only repeats events. */
static void said_save(const struct root *root, struct said *s)
{
	if (s->changed && s->text)
		(void)file_publish(root->fd, ROOT_SAID, s->text, strlen(s->text), SAID_MODE);
	free(s->text);
}

static bool said_has(const struct said *s, const char *line)
{
	const size_t n = strlen(line);

	for (const char *at = s->text; at && *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, line, n) == 0 && (at[n] == '\n' || !at[n]))
			return true;
	return false;
}

/* Puts line into the place of the one that begins with the same n bytes. Without memory nothing
 * changes. */
static void said_put(struct said *s, const char *line, size_t n)
{
	const size_t size = strlen(line);
	char *text = s->text ? malloc(strlen(s->text) + size + 2) : NULL, *to = text;

	for (const char *at = s->text; text && *at;) {
		size_t length = strcspn(at, "\n");

		length += at[length] == '\n';
		if (strncmp(at, line, n) != 0)
			to = (char *)memcpy(to, at, length) + length;
		at += length;
	}
	if (!text)
		return;
	memcpy(to, line, size);
	memcpy(to + size, "\n", 2);
	free(s->text);
	s->text = text;
	s->changed = true;
}

/* what: "state", "rom". Once, until it is something else; again where the journal did not take it,
 * and where the card was acted on: one that had gone is taken in the same words as before. */
static void send_news(const struct root *root, struct said *s, const char *what,
		      const struct event *e, const char *message)
{
	char line[EVENT_TEXT_MAX + 64];
	int n = snprintf(line, sizeof(line), "%s %s ", what, e->card);

	snprintf(line + n, sizeof(line) - (size_t)n, "%s %s", event_rows[e->kind].word, message);
	text_clean(line, "");
	if ((s->again || !said_has(s, line)) && event_send(root, e, "%s", message))
		said_put(s, line, (size_t)n);
}

/* --- events ----------------------------------------------------------------------------------- */

static void send_state(const struct root *root, struct said *s, const struct boot_card *b,
		       struct event *e)
{
	char text[EVENT_TEXT_MAX];
	const struct pci_ids *i = &pci_card_display(&b->card)->ids;

	if (!card_event(b, &e->kind))
		return;
	snprintf(text, sizeof(text), "%s: %s, %04x:%04x%s%s", e->card, card_state_text(b->state),
		 i->vendor, i->device, b->why[0] ? ": " : "", b->why);
	send_news(root, s, "state", e, text);
}

/* That a worse one than the stored one was read, commit has said. */
static void send_rejected(const struct root *root, struct said *s, const struct boot_card *b,
			  struct event *e)
{
	char text[EVENT_TEXT_MAX];
	const struct finding *f = verdict_reason(&b->rom.findings);

	if (!b->rom.tried || !b->rom.raw_size || b->rom.verdict != VERDICT_REJECTED)
		return;
	e->kind = EVENT_ROM_REFUSED;
	snprintf(text, sizeof(text), "%s: ROM rejected (%zu bytes from %s): %s", e->card,
		 b->rom.raw_size, b->rom.source, f ? f->text : "");
	send_news(root, s, "rom", e, text);
}

void card_events(const struct root *root, const struct report *r, const struct pci_addr *only)
{
	static struct host h; /* kilobytes */
	char addr[PCI_ADDR_BUF];
	struct said s;

	h = (struct host){.root = root};
	said_load(root, only != NULL, &s);
	host_load_record(&h, r->store);
	for (size_t i = 0; i < r->n; i++) {
		const struct boot_card *b = &r->card[i];
		const struct record_card *c = record_find(&h.rec, b->card.path);
		struct event e = {.card = pci_addr_format_card(b->card.addr, addr),
				  .path = b->card.path,
				  .id = c ? c->id : NULL};

		if (only && !pci_addr_same_card(*only, b->card.addr))
			continue;
		send_state(root, &s, b, &e);
		send_rejected(root, &s, b, &e);
	}
	said_save(root, &s);
	host_free(&h);
}
