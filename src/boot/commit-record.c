#include "boot/commit-record.h"

int recording_card(const struct recording *r, size_t i, struct custody *k)
{
	const struct identified *who = &r->who->card[i];
	const char *maybe[IDENTITY_MAYBE_MAX];
	struct card_facts facts;
	struct record_news news = {.card = k->card,
				   .replaced = k->replaced,
				   .identity = who->verdict,
				   .identity_text = who->text,
				   .maybe = maybe,
				   .n_maybe = who->n_maybe,
				   .facts = &facts,
				   .serial = who->serial,
				   .rom = k->shown.sha256[0] ? &k->shown : NULL,
				   .beside = k->beside.sha256[0] ? &k->beside : NULL,
				   .by_id = k->by_id,
				   .raw = k->raw,
				   .ret_raw_gone = k->raw_gone,
				   .when = r->when,
				   .boot = r->boot,
				   .import = r->import};

	cardfacts_read(r->root, k->card->fn[k->card->display].addr, &facts);
	for (size_t m = 0; m < who->n_maybe; m++)
		maybe[m] = who->maybe[m];
	return record_update(r->record, &news);
}
