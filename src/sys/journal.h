/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: the lines of the log that an administrator filters by. systemd's journal gets each with
 * fields of its own, beside the line of the kernel log (sys/log.h): a MESSAGE_ID for its kind, the
 * card, the VM. gpurom(5) documents kinds and fields. Of an installed system's programs only: the
 * journal of an initramfs reads the kernel log. */
#ifndef GPUROM_SYS_JOURNAL_H
#define GPUROM_SYS_JOURNAL_H

#include "sys/root.h"

#include <stdbool.h>

/* systemd's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): datagrams to this socket. */
#define ROOT_JOURNAL "run/systemd/journal/socket"

#define EVENT_TEXT_MAX 2200 /* bytes of a message with its NUL; what is longer is cut */

enum event_kind {
	EVENT_CARD_TAKEN,
	EVENT_CARD_NOT_TAKEN,
	EVENT_CARD_RELEASED,
	EVENT_CARD_MOVED,
	EVENT_CARD_REPLACED,
	EVENT_CARD_MISSING,
	EVENT_CARD_AMBIGUOUS,
	EVENT_ROM_STORED,
	EVENT_ROM_CHANGED,
	EVENT_ROM_REFUSED,
	EVENT_IMAGE_STALE,
	EVENT_VM_REFUSED,
	EVENT_VM_WARNED,
	EVENT_STORE_FAILED,
	EVENT_KINDS
};

/* Constant: once published, a kind keeps its word and its id. */
struct event_row {
	const char *word;	/* GPUROM_EVENT: "card-taken" */
	const char *message_id; /* 32 lower-case hexadecimal digits */
	bool warning;		/* PRIORITY 4, else 6 */
};
extern const struct event_row event_rows[EVENT_KINDS];

/* What an event is about: filled by who logs it. Texts are borrowed; NULL or "": not known, and no
 * field. Any byte may be in them. */
struct event {
	enum event_kind kind;
	const char *card;   /* GPUROM_CARD: its address, "0000:01:00" */
	const char *path;   /* GPUROM_PATH: its path name */
	const char *id;	    /* GPUROM_ID: of its record (record/id.h) */
	const char *vm;	    /* GPUROM_VM: the VM's name */
	const char *uuid;   /* GPUROM_VM_UUID */
	const char *kernel; /* GPUROM_KERNEL: its release */
};

/* The line in the kernel log, or on standard error, as log_info and log_warn have it, and the
 * journal's. errno is kept. Never waits. */
void event_log(const struct root *root, const struct event *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The journal's alone: the line has been logged or printed already. Returns whether the journal
 * below this root took it. */
bool event_send(const struct root *root, const struct event *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
