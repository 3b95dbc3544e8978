#include "record/recordpast.h"

#include "sys/json-fields.h"

#include <string.h>

void recordpast_drop(struct json_writer *card, const char *list, const char *key, const char *name)
{
	cJSON *all = json_array(card, list), *o, *next;

	for (o = all ? all->child : NULL; o; o = next) {
		next = o->next;
		if (strcmp(json_text(o, key), name) == 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(all, o));
	}
}

void recordpast_push(struct json_writer *card, const char *list, const char *key, cJSON *item)
{
	cJSON *all;

	recordpast_drop(card, list, key, json_text(item, key));
	all = json_array(card, list);
	json_push_first(card, all, item);
	while (cJSON_GetArraySize(all) > RECORDPAST_MAX)
		cJSON_DeleteItemFromArray(all, RECORDPAST_MAX);
}

void recordpast_address(struct json_writer *card, struct pci_addr now)
{
	const char *was = json_text(card->o, "address");
	struct json_writer past = {.o = NULL};
	char addr[PCI_ADDR_BUF];

	if (*was && strcmp(was, pci_addr_format(now, addr)) != 0) {
		past.o = cJSON_CreateObject();
		json_put_text(&past, "address", was);
		json_put_text(&past, "last_seen", json_text(card->o, "last_seen"));
		json_put_text(&past, "last_boot", json_text(card->o, "last_boot"));
		recordpast_push(card, "addresses", "address", json_done(&past));
		recordpast_drop(card, "addresses", "address", addr);
	}
	json_put_addr(card, now);
}

void recordpast_bury(struct json_writer *card, cJSON *old)
{
	cJSON *before = cJSON_DetachItemFromObjectCaseSensitive(old, "previous");
	cJSON *previous = json_array(card, "previous");

	for (int i = cJSON_GetArraySize(before); i > 0; i--)
		json_push_first(card, previous, cJSON_DetachItemFromArray(before, i - 1));
	cJSON_Delete(before);
	json_push_first(card, previous, old);
}
