// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_ALIGN sizeof(max_align_t)
/* Bytes: a few cards; and what is left over of that may be lost at a thousand. */
#define BLOCK_FIRST ((size_t)32 << 10)
#define BLOCK_MAX ((size_t)4 << 20)

struct record_card *record_find(const struct record *r, const char *path)
{
	for (struct record_card *c = r->cards; c; c = c->next)
		if (strcmp(c->path, path) == 0)
			return c;
	return NULL;
}

struct record_rom *record_rom(const struct record_card *c, const char *sha256)
{
	if (!c || !*sha256)
		return NULL;
	if (strcmp(record_shown(c), sha256) == 0)
		return c->rom;
	for (struct record_rom *o = c->others; o; o = o->next)
		if (strcmp(o->sha256, sha256) == 0)
			return o;
	return NULL;
}

const char *record_shown(const struct record_card *c)
{
	return c->rom ? c->rom->sha256 : "";
}

const char *record_flash(const struct record_card *c)
{
	return c->seen.reading.verdict == VERDICT_REJECTED ? "" : c->seen.reading.sha256;
}

bool record_may_be(const struct record_card *c, const char *path)
{
	for (size_t i = 0; i < IDENTITY_MAYBE_MAX && c->maybe[i][0]; i++)
		if (strcmp(c->maybe[i], path) == 0)
			return true;
	return false;
}

bool record_was_at(const struct record_card *c, const char *path)
{
	for (const struct record_name *n = c ? c->paths : NULL; n; n = n->next)
		if (strcmp(n->name, path) == 0)
			return true;
	return false;
}

void record_roms(const struct record *r,
		 void (*fn)(void *ctx, const struct record_card *card, enum record_use use,
			    const struct record_rom *rom),
		 void *ctx)
{
	for (const struct record_card *c = r->cards; c; c = c->next) {
		fn(ctx, c, RECORD_SHOWN, c->rom);
		for (const struct record_rom *o = c->others; o; o = o->next)
			fn(ctx, c, RECORD_BESIDE, o);
		for (const struct record_card *old = c->previous; old; old = old->next) {
			if (old->rom)
				fn(ctx, c, RECORD_PREVIOUS, old->rom);
			for (const struct record_rom *o = old->others; o; o = o->next)
				fn(ctx, c, RECORD_PREVIOUS, o);
		}
	}
}

/* --- edits ------------------------------------------------------------------------------------ */

void record_add_memory(struct record *r, void *memory, size_t n)
{
	struct record_block *b = memory;

	*b = (struct record_block){.next = r->blocks, .size = n - sizeof(*b)};
	r->blocks = b;
}

/* With room for that many bytes. */
static struct record_block *add_block(struct record *r, size_t least)
{
	const struct record_block *b = r->blocks;
	const size_t next = !b ? BLOCK_FIRST : b->size < BLOCK_MAX / 2 ? b->size * 2 : BLOCK_MAX;
	const size_t n = sizeof(*b) + (next < least ? least : next);
	void *memory = malloc(n);

	if (memory)
		record_add_memory(r, memory, n);
	r->failed |= !memory;
	return memory ? r->blocks : NULL;
}

void *record_memory(struct record *r, size_t size)
{
	const size_t whole = (size + BLOCK_ALIGN - 1) & ~(BLOCK_ALIGN - 1);
	struct record_block *b = r->blocks;
	void *new;

	if (!b || b->size - b->used < whole)
		b = add_block(r, whole);
	if (!b)
		return NULL;
	new = (char *)b->data + b->used;
	b->used += whole;
	return new;
}

void *record_new(struct record *r, size_t size)
{
	void *new = record_memory(r, size);

	return new ? memset(new, 0, size) : NULL;
}

void record_free(struct record *r)
{
	for (struct record_block *b = r->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(r->text);
	*r = (struct record){.cards = NULL};
}

struct record_card *record_take(struct record *r, const char *path)
{
	struct record_card **at = &r->cards, *c;

	while (*at && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	c = *at;
	if (c) {
		*at = c->next;
		c->next = NULL;
	}
	return c;
}

void record_put(struct record *r, struct record_card *c, const char *path)
{
	struct record_card **at = &r->cards;

	while (*at)
		at = &(*at)->next;
	*at = c;
	snprintf(c->path, sizeof(c->path), "%s", path);
}

void record_keep(struct record_card *c, struct record_rom *rom)
{
	struct record_rom **at = &c->others;

	while (*at)
		at = &(*at)->next;
	*at = rom;
	rom->pinned.there = false;
}

void record_show(struct record_card *c, struct record_rom *rom)
{
	struct record_rom **at = &c->others;

	while (*at && *at != rom)
		at = &(*at)->next;
	if (*at)
		*at = rom->next;
	rom->next = NULL;
	if (c->rom)
		record_keep(c, c->rom);
	c->rom = rom;
}

void record_push_previous(struct record_card *c, struct record_card *old)
{
	struct record_card **last = &old->previous;

	while (*last)
		last = &(*last)->next;
	*last = c->previous;
	old->next = old->previous;
	old->previous = NULL;
	c->previous = old;
}
