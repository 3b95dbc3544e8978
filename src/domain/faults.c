#include "faults.h"

#include <stdarg.h>
#include <string.h>

const char *faults_vm(const struct domxml *d)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789._+:@-";

	if (d->name_exact && d->name[0] && d->name[0] != '-' && !d->name[strspn(d->name, plain)])
		return d->name;
	return d->uuid[0] ? d->uuid : "VM";
}

void faults_add(struct faults *f, struct pci_addr a, const char *fmt, ...)
{
	char addr[PCI_ADDR_BUF];
	va_list ap;

	fprintf(f->out, "gpurom-domain: %s: %s: ", f->domain->name[0] ? f->domain->name : "VM",
		pci_addr_format(a, addr));
	va_start(ap, fmt);
	vfprintf(f->out, fmt, ap);
	va_end(ap);
	fputc('\n', f->out);
	f->n++;
}
