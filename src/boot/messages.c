// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/messages.h"

#include "sys/log.h"

#include <string.h>

void log_warnings(const struct root *root, const struct boot_card *b)
{
	char addr[PCI_ADDR_BUF], text[GROUP_TEXT_MAX];

	pci_addr_format_card(b->card.addr, addr);
	/* Of a bound driver log_card says what became of it. */
	for (unsigned bit = 1; bit && bit <= b->warnings; bit <<= 1)
		if (b->warnings & bit && bit != PLAN_WARN_BOUND)
			log_info(root, "%s: %s", addr, plan_warning_text((enum plan_warning)bit));
	for (size_t i = 0; i < b->n_group; i++)
		log_info(root, "%s: %s", addr, group_text(&b->group[i], text));
}

void log_card(const struct root *root, const struct boot_card *b)
{
	const struct pci_ids *i = &b->card.fn[b->card.display].ids;
	char addr[PCI_ADDR_BUF];

	pci_addr_format_card(b->card.addr, addr);
	if (b->why[0])
		log_warn(root, "%s: %s: %s", addr, card_state_text(b->state), b->why);
	else
		log_info(root, "%s: %s, %zu function%s, %04x:%04x", addr, card_state_text(b->state),
			 b->card.n, b->card.n == 1 ? "" : "s", i->vendor, i->device);
}

/* The other sources that were tried; log_rom names the one of the ROM, or of the failure. */
static void log_attempts(const struct root *root, const char *addr, const struct rom_reading *r)
{
	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct rom_attempt *a = &r->attempt[i];

		if (strcmp(a->source, r->source) != 0)
			log_info(root, "%s: %s: %s%s%s", addr, a->source, a->outcome,
				 a->size ? ", " : "", a->size ? verdict_text(a->verdict) : "");
	}
}

void log_rom(const struct root *root, const struct boot_card *b)
{
	const struct finding *f = verdict_reason(&b->rom.findings);
	const struct rom_reading *r = &b->rom;
	char addr[PCI_ADDR_BUF];

	pci_addr_format_card(b->card.addr, addr);
	log_attempts(root, addr, r);
	if (!r->raw_size)
		log_warn(root, "%s: no ROM: %s: %s", addr, r->source, r->outcome);
	else if (r->verdict == VERDICT_REJECTED)
		log_warn(root, "%s: ROM rejected (%zu bytes from %s): %s", addr, r->raw_size,
			 r->source, f ? f->text : "");
	else
		log_info(root, "%s: ROM %s, %zu bytes from %s, %s%s%s", addr,
			 rom_version_text(r->version), r->rom_size, r->source,
			 verdict_text(r->verdict), f && f->severity > FINDING_NOTE ? ": " : "",
			 f && f->severity > FINDING_NOTE ? f->text : "");
}
