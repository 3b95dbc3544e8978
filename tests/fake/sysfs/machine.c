// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_ 1024
#define BLANKS " \t\n"

static unsigned line_number;

static _Noreturn void die(const char *what, const char *detail)
{
	fprintf(stderr, "fakesys: line %u: %s: %s\n", line_number, what, detail);
	exit(1);
}

static void copy(char to[NAME_MAX_], const char *from)
{
	if (strlen(from) >= NAME_MAX_)
		die("too long", from);
	strcpy(to, from);
}

static void copy_address(char to[ADDRESS_MAX], const char *from)
{
	if (strlen(from) >= ADDRESS_MAX)
		die("too long", from);
	strcpy(to, from);
}

static uint8_t *load(const char *folder, const char *name, size_t *ret_n)
{
	char path[4096];
	uint8_t *bytes;
	FILE *in;
	long n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "rb");
	if (!in || fseek(in, 0, SEEK_END) != 0 || (n = ftell(in)) < 0)
		die("cannot be read", path);
	rewind(in);
	*ret_n = (size_t)n;
	bytes = malloc(*ret_n + 1);
	if (!bytes || fread(bytes, 1, *ret_n, in) != *ret_n)
		die("cannot be read", path);
	fclose(in);
	return bytes;
}

static void add_driver(struct machine *m, const char *name)
{
	if (!*name || machine_has_driver(m, name))
		return;
	if (m->n_drivers == DRIVERS_MAX)
		die("too many drivers", name);
	copy(m->driver[m->n_drivers++], name);
}

static void set_name(struct machine *m, char to[NAME_MAX_], const char *v)
{
	copy(to, v);
	add_driver(m, v);
}

static bool set_number(struct fn *f, const char *key, const char *v)
{
	const unsigned n = (unsigned)strtoul(v, NULL, 0);
	const struct {
		const char *key;
		unsigned *to;
	} numbers[] = {{"page_ms", &f->page_ms},   {"slow_overrides", &f->slow_overrides},
		       {"flaky", &f->flaky},	   {"unbind_ms", &f->unbind_ms},
		       {"probe_ms", &f->probe_ms}, {"totalvfs", &f->totalvfs}};
	const struct {
		const char *key;
		bool *to;
	} flags[] = {{"boot_vga", &f->boot_vga},
		     {"shadow", &f->shadow},
		     {"rombar", &f->rom_bar},
		     {"rom_eio", &f->rom_eio},
		     {"unbind_hang", &f->unbind_hang},
		     {"probe_hang", &f->probe_hang},
		     {"native_hang", &f->native_hang},
		     {"config_hang", &f->config_hang},
		     {"all_hang", &f->all_hang},
		     {"uevent_locks", &f->uevent_locks},
		     {"probe_fail", &f->probe_fail},
		     {"override_eio", &f->override_eio},
		     {"fb_stays", &f->fb_stays},
		     {"fb_busy", &f->fb_busy},
		     {"enable_eio", &f->enable_eio},
		     {"slips_in", &f->slips_in},
		     {"busy", &f->busy},
		     {"vanish", &f->vanish}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].key, key) == 0)
			return *numbers[i].to = n, true;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(flags[i].key, key) == 0)
			return *flags[i].to = n != 0, true;
	return false;
}

static void set_framebuffer(struct fn *f, char *v)
{
	char *driver = strchr(v, ':');

	if (!driver)
		die("no driver", v);
	*driver++ = '\0';
	copy(f->fb, v);
	copy(f->fb_driver, driver);
	snprintf(f->fb_device, sizeof(f->fb_device), "%.*s.0", (int)sizeof(f->fb_device) - 3,
		 driver);
	f->fb_bound = true;
}

static void add_slot(struct machine *m, const char *name, const char *address)
{
	for (size_t i = 0; i < m->n_slots; i++)
		if (strcmp(m->slot[i].name, name) == 0)
			die("that slot is there", name);
	if (m->n_slots == SLOTS_MAX)
		die("too many slots", name);
	copy(m->slot[m->n_slots].name, name);
	copy_address(m->slot[m->n_slots++].address, address);
}

/* The slot of a function is its device's. */
static void set_slot(struct machine *m, const struct fn *f, const char *name)
{
	char device[ADDRESS_MAX];

	snprintf(device, sizeof(device), "%.*s", (int)strcspn(f->addr, "."), f->addr);
	add_slot(m, name, device);
}

static void set_physfn(struct machine *m, struct fn *f, const char *v)
{
	f->physfn = machine_find(m, v);
	if (!f->physfn || f->physfn == f || f->physfn->physfn)
		die("no physical function before it", v);
	f->physfn->vfs++;
}

/* A virtual function may be on another bus than what is behind the bridge. */
static void set_parent(struct machine *m, struct fn *f)
{
	struct fn *bridge = machine_find(m, f->parent);

	f->secondary = f->bus + 1;
	if (f->physfn)
		strcpy(f->parent, f->physfn->parent);
	else if (bridge)
		bridge->secondary = f->bus;
}

static void set_header(struct fn *f, const char *v)
{
	if (strlen(v) != 1 || *v < '0' || *v > '2')
		die("no header type", v);
	f->header = (unsigned)(*v - '0');
}

static void set(struct machine *m, struct fn *f, const char *folder, char *word)
{
	char *v = strchr(word, '=');

	if (!v)
		die("not key=value", word);
	*v++ = '\0';
	if (strcmp(word, "subsystem") == 0 && sscanf(v, "%x:%x", &f->subvendor, &f->subdevice) == 2)
		return;
	if (strcmp(word, "group") == 0)
		f->group = atoi(v);
	else if (strcmp(word, "parent") == 0)
		copy_address(f->parent, v);
	else if (strcmp(word, "power") == 0)
		snprintf(f->power, sizeof(f->power), "%s", v);
	else if (strcmp(word, "slot") == 0)
		set_slot(m, f, v);
	else if (strcmp(word, "physfn") == 0)
		set_physfn(m, f, v);
	else if (strcmp(word, "header") == 0)
		set_header(f, v);
	else if (strcmp(word, "config") == 0 && strcmp(v, "ff") == 0)
		f->config_ff = true;
	else if (strcmp(word, "dsn") == 0)
		copy(f->dsn, v);
	else if (strcmp(word, "fb") == 0)
		set_framebuffer(f, v);
	else if (strcmp(word, "driver") == 0)
		set_name(m, f->driver, v);
	else if (strcmp(word, "native") == 0)
		set_name(m, f->native, v);
	else if (strcmp(word, "rom") == 0)
		f->rom = load(folder, v, &f->rom_size), f->rom_bar = true;
	else if (strcmp(word, "efi") == 0)
		f->efi = load(folder, v, &f->efi_size);
	else if (strcmp(word, "truncate") == 0)
		f->rom_size = (size_t)atol(v) < f->rom_size ? (size_t)atol(v) : f->rom_size;
	else if (!set_number(f, word, v))
		die("no such key", word);
}

static const char *need(const char *what)
{
	const char *word = strtok(NULL, BLANKS);

	if (!word)
		die("missing", what);
	return word;
}

static void read_fn(struct machine *m, const char *folder)
{
	struct fn *f = &m->fn[m->n++];
	char *word;

	if (m->n == FUNCTIONS_MAX)
		die("too many", "functions");
	*f = (struct fn){.group = -1, .power = "on"};
	pthread_mutex_init(&f->device_lock, NULL);
	copy_address(f->addr, need("address"));
	if (sscanf(f->addr, "%x:%x:", &f->domain, &f->bus) != 2)
		die("no address", f->addr);
	if (sscanf(need("ids"), "%x:%x", &f->vendor, &f->device) != 2)
		die("no ids", f->addr);
	f->class = (unsigned)strtoul(need("class"), NULL, 16);
	f->header = f->class >> 8 == 0x0604;
	while ((word = strtok(NULL, BLANKS)))
		set(m, f, folder, word);
	set_parent(m, f);
	/* A bound driver has enabled its device; shadowed video is decoded since the firmware. */
	f->driver_link = f->driver[0];
	if (f->busy)
		pthread_mutex_lock(&f->device_lock);
	f->enabled = f->driver[0] && !f->header;
	f->decode = f->enabled || f->shadow;
	f->rom_bar = f->rom_bar || f->shadow || f->rom_eio;
}

static void drop_driver(struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->n_drivers; i++)
		if (strcmp(m->driver[i], name) == 0)
			strcpy(m->driver[i], m->driver[--m->n_drivers]);
}

static void read_root(struct machine *m)
{
	const char *name = need("name"), *word;
	size_t i = m->n_roots++;

	if (m->n_roots > ROOTS_MAX)
		die("too many", "host bridges");
	for (size_t k = 0; k < i; k++)
		if (strcmp(m->root[k].name, name) == 0)
			die("that host bridge is there", name);
	copy(m->root[i].name, name);
	while ((word = strtok(NULL, BLANKS)))
		if (strncmp(word, "uid=", 4) == 0)
			copy(m->root[i].uid, word + 4);
		else if (strncmp(word, "below=", 6) == 0)
			copy_address(m->root[i].below, word + 6);
		else
			die("no such key", word);
	if (m->root[i].below[0] && !machine_find(m, m->root[i].below))
		die("no function before it", m->root[i].below);
}

/* In the place that add_driver gives it; before any `without`. */
static void add_module(struct machine *m, const char *name)
{
	size_t at = m->n_drivers;

	add_driver(m, name);
	m->unloaded[at] = true;
}

static char folded(char c)
{
	return c == '-' ? '_' : c;
}

int machine_load(struct machine *m, const char *module)
{
	for (size_t i = 0; i < m->n_drivers; i++) {
		const char *a = m->driver[i], *b = module;

		while (*a && folded(*a) == folded(*b))
			a++, b++;
		if (*a != *b)
			continue;
		m->unloaded[i] = false;
		return 0;
	}
	return -ENOENT;
}

static void read_line(struct machine *m, char *line, const char *folder)
{
	const char *word = strtok(line, BLANKS), *name;

	if (!word || *word == '#')
		return;
	if (strcmp(word, "fn") == 0) {
		read_fn(m, folder);
	} else if (strcmp(word, "without") == 0) {
		drop_driver(m, need("driver"));
	} else if (strcmp(word, "root") == 0) {
		read_root(m);
	} else if (strcmp(word, "slot") == 0) {
		name = need("name");
		add_slot(m, name, need("address"));
	} else if (strcmp(word, "driver") == 0) {
		add_driver(m, need("driver"));
	} else if (strcmp(word, "module") == 0) {
		add_module(m, need("driver"));
	} else {
		die("no such statement", word);
	}
	word = strtok(NULL, BLANKS);
	if (word)
		die("more than the statement takes", word);
}

void machine_read(struct machine *m, const char *path)
{
	char line[LINE_MAX_], folder[4096];
	FILE *in = fopen(path, "r");

	if (!in)
		die("cannot be read", path);
	snprintf(folder, sizeof(folder), "%s", path);
	add_driver(m, "vfio-pci");
	while (fgets(line, sizeof(line), in)) {
		char copy_of[sizeof(folder)];

		line_number++;
		strcpy(copy_of, folder);
		read_line(m, line, dirname(copy_of));
	}
	fclose(in);
}

bool machine_has_driver(const struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->n_drivers; i++)
		if (strcmp(m->driver[i], name) == 0)
			return !m->unloaded[i];
	return false;
}

struct fn *machine_find(struct machine *m, const char *addr)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->fn[i].addr, addr) == 0)
			return &m->fn[i];
	return NULL;
}

void machine_log(struct machine *m, const char *place, const char *text, size_t n)
{
	struct timespec t;

	flockfile(m->log);
	clock_gettime(CLOCK_MONOTONIC, &t);
	fprintf(m->log, "%lld %s ", (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000, place);
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n')
			fputs("\\n", m->log);
		else
			fputc(text[i], m->log);
	fputc('\n', m->log);
	fflush(m->log);
	funlockfile(m->log);
}

void sleep_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}
