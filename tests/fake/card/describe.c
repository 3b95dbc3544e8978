// SPDX-License-Identifier: GPL-2.0-or-later
#include "describe.h"

#include "prom.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 256
#define WORDS_MAX 4
#define IO_BAR_MAX 256 /* PCI Local Bus Specification 3.0, 6.2.5.1 */

struct reader {
	struct description *d;
	const char *rom_dir;
	char card[sizeof(((struct card_function *)0)->card)];
	char bridge[BRIDGE_NAME_MAX]; /* that the card sits below */
	struct bridge *last;	      /* NULL before the first bridge that has a line of its own */
	struct card_function *fn;     /* NULL before the card's first function */
	bool is_hotplug;	      /* the card is */
};

static int number(const char *word, int base, uint64_t *ret)
{
	char *end;

	errno = 0;
	uint64_t v = strtoull(word, &end, base);
	if (errno || end == word)
		return -EINVAL;
	if (base == 10 && (*end == 'K' || *end == 'M'))
		v <<= *end++ == 'K' ? 10 : 20;
	*ret = v;
	return *end ? -EINVAL : 0;
}

static int ids(const char *word, uint16_t *ret_vendor, uint16_t *ret_device)
{
	return sscanf(word, "%4hx:%4hx", ret_vendor, ret_device) == 2 ? 0 : -EINVAL;
}

static int new_bridge(struct reader *r, char **w)
{
	struct bridges *b = &r->d->bridges;
	int err = w[2] ? bridges_add(b, w[1], w[2], w[3]) : -EINVAL;

	r->last = err ? NULL : &b->bridge[b->count - 1];
	return err;
}

static int set_slot(struct bridge *bridge, char **w)
{
	uint64_t n;

	if (!bridge || number(w[1], 10, &n) || n < 1 || n > BRIDGE_SLOT_MAX)
		return -EINVAL;
	bridge->slot = (unsigned)n;
	return 0;
}

static int new_card(struct reader *r, char **w)
{
	const char *bridge = w[2] ? w[2] : w[1];

	if (strlen(w[1]) >= sizeof(r->card))
		return -EINVAL;
	strcpy(r->card, w[1]);
	r->fn = NULL;
	r->is_hotplug = false;
	if (!w[2] && bridges_add_port(&r->d->bridges, bridge))
		return -EINVAL;
	if (!bridges_find(&r->d->bridges, bridge))
		return -EINVAL;
	strcpy(r->bridge, bridge);
	return 0;
}

/* Its root port was made for it alone: the last one. */
static int set_hotplug(struct reader *r)
{
	struct bridges *b = &r->d->bridges;

	if (!*r->card || r->fn || strcmp(r->bridge, r->card))
		return -EINVAL;
	b->bridge[b->count - 1].reserved = true;
	r->is_hotplug = true;
	return 0;
}

static int new_function(struct reader *r, char **w)
{
	uint64_t n;

	if (!*r->card || number(w[1], 10, &n) || n > 7 || r->d->count == DESCRIBE_FUNCTIONS_MAX)
		return -EINVAL;
	r->fn = calloc(1, sizeof(*r->fn));
	if (!r->fn)
		return -ENOMEM;
	strcpy(r->fn->card, r->card);
	strcpy(r->fn->bridge, r->bridge);
	r->fn->number = (unsigned)n;
	r->fn->is_hotplug = r->is_hotplug;
	r->d->functions[r->d->count++] = r->fn;
	return 0;
}

static int set_class(struct card_function *fn, char **w)
{
	uint64_t class, revision = 0xa1;

	if (number(w[1], 16, &class) || (w[2] && number(w[2], 16, &revision)))
		return -EINVAL;
	fn->class = (uint32_t) class;
	fn->revision = (uint8_t)revision;
	return 0;
}

static int set_serial(struct card_function *fn, const char *word)
{
	uint8_t b[8];
	char rest;

	if (sscanf(word, "%2hhx-%2hhx-%2hhx-%2hhx-%2hhx-%2hhx-%2hhx-%2hhx%c", &b[0], &b[1], &b[2],
		   &b[3], &b[4], &b[5], &b[6], &b[7], &rest) != 8)
		return -EINVAL;
	for (unsigned i = 0; i < 8; i++)
		fn->serial = fn->serial << 8 | b[i];
	fn->has_serial = true;
	return 0;
}

static int set_bar(struct card_function *fn, char **w)
{
	uint64_t n, size;

	if (!w[2] || number(w[1], 10, &n) || n >= CARD_BARS || number(w[2], 10, &size) ||
	    size < 8 || size & (size - 1))
		return -EINVAL;
	fn->bar[n].size = size;
	fn->bar[n].wide = w[3] && !strcmp(w[3], "wide");
	fn->bar[n].port = w[3] && !strcmp(w[3], "port");
	if (fn->bar[n].port)
		return size > IO_BAR_MAX ? -EINVAL : 0;
	return size < 16 || (w[3] && !fn->bar[n].wide) ? -EINVAL : 0;
}

static int set_plain(struct card_function *fn, char **w)
{
	uint64_t n, offset, size;

	if (!w[3] || number(w[1], 10, &n) || n >= CARD_BARS || number(w[2], 16, &offset) ||
	    number(w[3], 10, &size) || !size || (offset | size) % CARD_PAGE ||
	    offset > fn->bar[n].size || size > fn->bar[n].size - offset)
		return -EINVAL;
	fn->bar[n].plain_offset = offset;
	fn->bar[n].plain_size = size;
	return 0;
}

static int set_register(struct card_function *fn, char **w)
{
	uint64_t offset, value;

	if (!w[2] || number(w[1], 16, &offset) || number(w[2], 16, &value) ||
	    fn->register_count == CARD_REGISTERS_MAX)
		return -EINVAL;
	fn->registers[fn->register_count++] =
		(struct card_register){(uint32_t)offset, (uint32_t)value};
	return 0;
}

/* A file of the folder of ROMs, FF after it up to size bytes. */
static int read_window(const struct reader *r, const char *name, size_t size, uint8_t **ret)
{
	char path[4096];
	FILE *f;
	size_t n;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", r->rom_dir, name) >= sizeof(path))
		return -ENAMETOOLONG;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	/* one byte more than fits shows a file that is too long */
	*ret = malloc(size + 1);
	if (!*ret) {
		fclose(f);
		return -ENOMEM;
	}
	memset(*ret, 0xff, size + 1);
	n = fread(*ret, 1, size + 1, f);
	fclose(f);
	return n == 0 || n > size ? -EINVAL : 0;
}

static int set_rom(const struct reader *r, char **w)
{
	uint64_t size;

	if (!w[2] || number(w[2], 10, &size) || size < CARD_PAGE / 2 || size & (size - 1) ||
	    size > CARD_ROM_MAX)
		return -EINVAL;
	r->fn->rom_size = (uint32_t)size;
	return read_window(r, w[1], size, &r->fn->rom);
}

static int read_words(struct reader *r, char **w)
{
	if ((!strcmp(w[0], "xhci") || !strcmp(w[0], "acs")) && !w[1] && r->fn) {
		*(*w[0] == 'x' ? &r->fn->xhci : &r->fn->acs) = true;
		return 0;
	}
	if (!strcmp(w[0], "hotplug") && !w[1])
		return set_hotplug(r);
	if (!w[1])
		return -EINVAL;
	if (!strcmp(w[0], "bridge"))
		return new_bridge(r, w);
	if (!strcmp(w[0], "slot"))
		return set_slot(r->last, w);
	if (!strcmp(w[0], "card"))
		return new_card(r, w);
	if (!strcmp(w[0], "function"))
		return new_function(r, w);
	if (!r->fn)
		return -EINVAL;
	if (!strcmp(w[0], "id"))
		return ids(w[1], &r->fn->vendor, &r->fn->device);
	if (!strcmp(w[0], "subsystem"))
		return ids(w[1], &r->fn->subvendor, &r->fn->subdevice);
	if (!strcmp(w[0], "class"))
		return set_class(r->fn, w);
	if (!strcmp(w[0], "serial"))
		return set_serial(r->fn, w[1]);
	if (!strcmp(w[0], "bar"))
		return set_bar(r->fn, w);
	if (!strcmp(w[0], "plain"))
		return set_plain(r->fn, w);
	if (!strcmp(w[0], "register"))
		return set_register(r->fn, w);
	if (!strcmp(w[0], "rom"))
		return set_rom(r, w);
	if (!strcmp(w[0], "prom"))
		return read_window(r, w[1], PROM_SIZE, &r->fn->prom);
	if (!strcmp(w[0], "fault"))
		return fault_set(r->fn, w + 1);
	return -EINVAL;
}

static int read_line(struct reader *r, char *line)
{
	char *words[WORDS_MAX + 1] = {0};
	char *rest = line;
	size_t n = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (char *w; (w = strtok_r(rest, " \t", &rest)); n++) {
		if (n == WORDS_MAX)
			return -EINVAL;
		words[n] = w;
	}
	return n ? read_words(r, words) : 0;
}

static void mark_multifunction(struct description *d)
{
	for (size_t i = 0; i < d->count; i++) {
		for (size_t k = 0; k < d->count; k++) {
			if (i != k && !strcmp(d->functions[i]->card, d->functions[k]->card))
				d->functions[i]->multifunction = true;
		}
	}
}

int describe_read(const char *path, const char *rom_dir, struct description *ret)
{
	struct reader r = {.d = ret, .rom_dir = rom_dir};
	char line[LINE_MAX_BYTES];
	FILE *f = fopen(path, "re");
	int err = 0;

	if (!f)
		return -errno;
	*ret = (struct description){0};
	while (!err && fgets(line, sizeof(line), f)) {
		ret->bad_line++;
		err = read_line(&r, line);
	}
	fclose(f);
	mark_multifunction(ret);
	return err;
}
