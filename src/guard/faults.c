// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/faults.h"

#include "sys/journal.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FAULT_MAX 2048

const char *faults_vm(const struct vm *d)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789._+:@/-";

	if (d->name_exact && d->name[0] && d->name[0] != '-' && !d->name[strspn(d->name, plain)])
		return d->name;
	return d->uuid[0] ? d->uuid : "VM";
}

static void push(const struct faults *f, const char *addr, bool warning, const char *text)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "address", addr);
	json_put_text(&w, "level", warning ? "warning" : "fault");
	json_put_text(&w, "text", text);
	json_push(f->json, f->list, json_done(&w));
}

static __attribute__((format(printf, 4, 0))) void print(const struct faults *f, struct pci_addr a,
							bool warning, const char *fmt, va_list ap)
{
	const char *vm = f->domain->name[0] ? f->domain->name : "VM";
	const char *kind = warning ? "warning: " : "";
	char addr[PCI_ADDR_BUF], card[PCI_ADDR_BUF], text[FAULT_MAX];
	const struct event e = {.kind = f->log || warning ? EVENT_VM_WARNED : EVENT_VM_REFUSED,
				.card = pci_addr_format_card(a, card),
				.vm = f->domain->name,
				.uuid = f->domain->uuid};

	vsnprintf(text, sizeof(text), fmt, ap);
	text_clean(text, "");
	pci_addr_format(a, addr);
	if (f->journal && !f->log)
		(void)event_send(f->journal, &e, "%s: %s: %s%s", vm, addr, kind, text);
	if (f->json)
		push(f, addr, warning, text);
	else if (f->log)
		event_log(f->log, &e, "%s: %s: %s%s", vm, addr, kind, text);
	else
		fprintf(stderr, "gpurom-domain: %s: %s: %s%s\n", vm, addr, kind, text);
}

void faults_add(struct faults *f, struct pci_addr a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(f, a, false, fmt, ap);
	va_end(ap);
	f->n++;
}

void faults_warn(struct faults *f, struct pci_addr a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(f, a, true, fmt, ap);
	va_end(ap);
}
