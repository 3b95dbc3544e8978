// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pcicard: synthetic PCI cards for a QEMU guest, one UNIX socket a function (NAME.N in DIR).
 *
 *	pcicard arguments CARDS ROMS DIR	prints QEMU's arguments for these cards, one a line
 *	pcicard serve CARDS ROMS DIR		serves them until killed; says "ready" when it can
 *	pcicard hotplug CARDS ROMS DIR		prints "CARD COMMAND", a line for each function of a
 *						"hotplug" card: plugs it in, in QEMU's machine
 *protocol
 */
#include "card.h"
#include "describe.h"
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int socket_path(struct sockaddr_un *ret, const char *dir, const struct card_function *fn)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	int n = snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/%s.%u", dir, fn->card,
			 fn->number);

	return (size_t)n < sizeof(ret->sun_path) ? 0 : -ENAMETOOLONG;
}

/* What QEMU is given for a function, as JSON. A write that opens the flash's window must have been
 * served before mapped memory is read. */
static int print_device(const struct card_function *fn, const char *dir)
{
	struct sockaddr_un address;
	int err = socket_path(&address, dir, fn);

	if (!err)
		printf("{\"driver\":\"vfio-user-pci\",\"id\":\"%s.%u\",\"bus\":\"%s\",\"addr\":\"0x0.%u\","
		       "\"multifunction\":%s,\"x-no-posted-writes\":%s,"
		       "\"socket\":{\"type\":\"unix\",\"path\":\"%s\"}}",
		       fn->card, fn->number, fn->bridge, fn->number,
		       fn->multifunction ? "true" : "false", fn->prom ? "true" : "false",
		       address.sun_path);
	return err;
}

/* Each card below a bridge: on the root bus a VGA function would be taken for the boot VGA. */
static int print_arguments(const struct description *d, const char *dir)
{
	int err = 0;

	bridges_print(&d->bridges);
	for (size_t i = 0; i < d->count && !err; i++) {
		if (d->functions[i]->is_hotplug)
			continue;
		puts("-device");
		err = print_device(d->functions[i], dir);
		puts("");
	}
	return err;
}

/* The guest sees a card once its function 0 is there: that comes last. */
static int print_hotplug(const struct description *d, const char *dir)
{
	int err = 0;

	for (size_t i = d->count; i-- > 0 && !err;) {
		const struct card_function *fn = d->functions[i];

		if (!fn->is_hotplug)
			continue;
		printf("%s {\"execute\":\"device_add\",\"arguments\":", fn->card);
		err = print_device(fn, dir);
		puts("}");
	}
	return err;
}

static int listen_for(const struct card_function *fn, const char *dir, struct pollfd *ret)
{
	struct sockaddr_un address;
	int err = socket_path(&address, dir, fn);
	int fd;

	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		return -errno;
	*ret = (struct pollfd){.fd = fd, .events = POLLIN};
	return 0;
}

/* A listening socket's place is taken by its one connection. When the last one ends, so do we. */
static int serve_ready(const struct description *d, struct pollfd *fds, bool *connected)
{
	for (size_t i = 0; i < d->count; i++) {
		int err = 0, fd = fds[i].fd;

		if (!fds[i].revents)
			continue;
		if (connected[i]) {
			err = session_serve_one(fd, d->functions[i]);
		} else {
			fds[i].fd = accept(fd, NULL, NULL);
			err = fds[i].fd < 0 ? -errno : 0;
			connected[i] = true;
		}
		if (err == -ECONNRESET)
			fds[i].fd = -1;
		else if (err)
			return err;
	}
	return 0;
}

static bool all_gone(const struct pollfd *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i].fd >= 0)
			return false;
	}
	return true;
}

static int serve_all(const struct description *d, const char *dir)
{
	struct pollfd fds[DESCRIBE_FUNCTIONS_MAX];
	bool connected[DESCRIBE_FUNCTIONS_MAX] = {false};
	int err = 0;

	for (size_t i = 0; i < d->count && !err; i++) {
		err = card_init(d->functions[i]);
		if (!err)
			err = listen_for(d->functions[i], dir, &fds[i]);
	}
	if (err)
		return err;
	puts("ready");
	fflush(stdout);
	while (!err && !all_gone(fds, d->count)) {
		if (poll(fds, d->count, -1) < 0 && errno != EINTR)
			return -errno;
		err = serve_ready(d, fds, connected);
	}
	return err;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*run)(const struct description *d, const char *dir);
	} commands[] = {
		{"arguments", print_arguments}, {"serve", serve_all}, {"hotplug", print_hotplug}};
	struct description d;
	const size_t n = sizeof(commands) / sizeof(*commands);
	size_t c = 0;
	int err;

	while (c < n && (argc != 5 || strcmp(argv[1], commands[c].word)))
		c++;
	if (c == n) {
		fputs("usage: pcicard serve|arguments|hotplug CARDS ROMS DIR\n", stderr);
		return 2;
	}
	err = describe_read(argv[2], argv[3], &d);
	if (err) {
		fprintf(stderr, "pcicard: %s: line %u: %s\n", argv[2], d.bad_line, strerror(-err));
		return 1;
	}
	err = commands[c].run(&d, argv[4]);
	if (err)
		fprintf(stderr, "pcicard: %s: %s\n", argv[4], strerror(-err));
	return err ? 1 : 0;
}
