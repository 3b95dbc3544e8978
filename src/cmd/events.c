// SPDX-License-Identifier: GPL-2.0-or-later
/* What became of the cards, for the journal: claim and settle logged it in an initramfs, where no
 * journal gives a line its fields. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "sys/journal.h"

#include <stdio.h>

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

static void send_state(const struct root *root, const struct boot_card *b, struct event *e)
{
	const struct pci_ids *i = &pci_card_display(&b->card)->ids;

	if (!card_event(b, &e->kind))
		return;
	(void)event_send(root, e, "%s: %s, %04x:%04x%s%s", e->card, card_state_text(b->state),
			 i->vendor, i->device, b->why[0] ? ": " : "", b->why);
}

/* That a worse one than the stored one was read, commit has said. */
static void send_rejected(const struct root *root, const struct boot_card *b, struct event *e)
{
	const struct finding *f = verdict_reason(&b->rom.findings);

	if (!b->rom.tried || !b->rom.raw_size || b->rom.verdict != VERDICT_REJECTED)
		return;
	e->kind = EVENT_ROM_REFUSED;
	(void)event_send(root, e, "%s: ROM rejected (%zu bytes from %s): %s", e->card,
			 b->rom.raw_size, b->rom.source, f ? f->text : "");
}

void card_events(const struct root *root, const struct pci_addr *only)
{
	static struct host h; /* kilobytes */
	char addr[PCI_ADDR_BUF];

	(void)host_load(root, NULL, HOST_REPORT, &h);
	if (h.report)
		host_load_record(&h, h.report->store);
	for (size_t i = 0; h.report && i < h.report->n; i++) {
		const struct boot_card *b = &h.report->card[i];
		const struct record_card *c = record_find(&h.rec, b->card.path);
		struct event e = {.card = pci_addr_format_card(b->card.addr, addr),
				  .path = b->card.path,
				  .id = c ? c->id : NULL};

		if (only && !pci_addr_same_card(*only, b->card.addr))
			continue;
		send_state(root, b, &e);
		send_rejected(root, b, &e);
	}
	host_free(&h);
}
