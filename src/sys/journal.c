// SPDX-License-Identifier: GPL-2.0-or-later
/* Our own few lines in the place of libsystemd, which nobody builds as a static library for musl.
 */
#include "sys/journal.h"

#include "sys/log.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DATAGRAM_MAX 8192 /* bytes; a Unix socket takes 200 KiB */

/* The ids were made at random, one for each kind, once and for all. */
const struct event_row event_rows[EVENT_KINDS] = {
	[EVENT_CARD_TAKEN] = {"card-taken", "1236472dd8c346d4b204b1fa286c442d", false},
	[EVENT_CARD_NOT_TAKEN] = {"card-not-taken", "e8034aaa3f9740528ae0b59f4bde04bc", true},
	[EVENT_CARD_RELEASED] = {"card-released", "f18825de87394d2ab0efb79ab9149ef6", false},
	[EVENT_CARD_MOVED] = {"card-moved", "b64ae650f3ab458ab5a1d354e7ccd2ce", false},
	[EVENT_CARD_REPLACED] = {"card-replaced", "ac263244066741ae89c6f87ee350a5b2", true},
	[EVENT_CARD_MISSING] = {"card-missing", "8417945a8386482f911738e65b48a742", true},
	[EVENT_CARD_AMBIGUOUS] = {"card-ambiguous", "8ec647a265244ea6bdd8a148430765f6", true},
	[EVENT_ROM_STORED] = {"rom-stored", "5ce84c83854d427990a543c1df6c4a65", false},
	[EVENT_ROM_CHANGED] = {"rom-changed", "8a49ca45e6e64162acab9ff020edaff4", true},
	[EVENT_ROM_REFUSED] = {"rom-refused", "965490b73da5496b9c5334170eaf224e", true},
	[EVENT_IMAGE_STALE] = {"image-stale", "9278c1a9da1049a48bf91676af4d21a7", true},
	[EVENT_VM_REFUSED] = {"vm-refused", "01c4e6ad67c44934aaa195e32a37a7f5", true},
	[EVENT_VM_WARNED] = {"vm-warned", "378b1a512cee42cea8a92c0f6c36c441", true},
	[EVENT_STORE_FAILED] = {"store-failed", "df3031f4eca0454d86a810f01112abf2", true},
};

struct datagram {
	char bytes[DATAGRAM_MAX];
	size_t n;
};

static void put(struct datagram *d, const void *p, size_t n)
{
	memcpy(d->bytes + d->n, p, n);
	d->n += n;
}

/* "NAME=value\n"; a value with a newline as "NAME\n", its length in 8 bytes, the lowest first, the
 * value, "\n". A field that has no room is left out. */
static void put_field(struct datagram *d, const char *name, const char *value)
{
	const size_t named = strlen(name), n = value ? strlen(value) : 0;
	uint8_t length[8];

	if (!n || named + n + sizeof(length) + 2 > sizeof(d->bytes) - d->n)
		return;
	put(d, name, named);
	if (strchr(value, '\n')) {
		for (size_t i = 0; i < sizeof(length); i++)
			length[i] = (uint8_t)((uint64_t)n >> 8 * i);
		put(d, "\n", 1);
		put(d, length, sizeof(length));
	} else {
		put(d, "=", 1);
	}
	put(d, value, n);
	put(d, "\n", 1);
}

static void fill(struct datagram *d, const struct event *e, const char *text)
{
	const struct event_row *row = &event_rows[e->kind];

	d->n = 0;
	put_field(d, "MESSAGE", text);
	put_field(d, "MESSAGE_ID", row->message_id);
	put_field(d, "PRIORITY", row->warning ? "4" : "6");
	put_field(d, "SYSLOG_IDENTIFIER", "gpurom");
	put_field(d, "GPUROM_EVENT", row->word);
	put_field(d, "GPUROM_CARD", e->card);
	put_field(d, "GPUROM_PATH", e->path);
	put_field(d, "GPUROM_ID", e->id);
	put_field(d, "GPUROM_VM", e->vm);
	put_field(d, "GPUROM_VM_UUID", e->uuid);
	put_field(d, "GPUROM_KERNEL", e->kernel);
}

/* A journal that is full, or has gone, keeps nobody waiting. */
static bool send_text(const struct root *root, const struct event *e, const char *text)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const int saved = errno;
	struct datagram d;
	ssize_t sent = -1;
	int fd;

	if (faccessat(root->fd, ROOT_JOURNAL, F_OK, 0) < 0) {
		errno = saved;
		return false;
	}
	fill(&d, e, text);
	/* connect has no form that takes a folder. */
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/" ROOT_JOURNAL, root->fd);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0) {
		sent = sendto(fd, d.bytes, d.n, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to));
		close(fd);
	}
	errno = saved;
	return sent == (ssize_t)d.n;
}

/* Where the journal has the line and there is no kernel log, as in a container, a unit's standard
 * error would bring it to the journal a second time. */
static bool is_needed(const struct root *root, bool sent)
{
	const int saved = errno;
	const bool ret =
		!sent || isatty(STDERR_FILENO) || faccessat(root->fd, ROOT_KMSG, W_OK, 0) == 0;

	errno = saved;
	return ret;
}

__attribute__((format(printf, 2, 0))) static void format_text(char text[EVENT_TEXT_MAX],
							      const char *fmt, va_list ap)
{
	vsnprintf(text, EVENT_TEXT_MAX, fmt, ap);
	text_clean(text, "");
}

void event_log(const struct root *root, const struct event *e, const char *fmt, ...)
{
	char text[EVENT_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	format_text(text, fmt, ap);
	va_end(ap);
	if (!is_needed(root, send_text(root, e, text)))
		return;
	if (event_rows[e->kind].warning)
		log_warn(root, "%s", text);
	else
		log_info(root, "%s", text);
}

bool event_send(const struct root *root, const struct event *e, const char *fmt, ...)
{
	char text[EVENT_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	format_text(text, fmt, ap);
	va_end(ap);
	return send_text(root, e, text);
}
