// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/bundle-lines.h"

#include "host/host.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In names of modules and drivers; '_' for '-' in the line. */
static const char *const driver_words[] = {
	"vfio", "nvidia",   "nouveau",	      "nova",	    "iommu",
	"kvm",	"gpurom",   "snd_hda_intel",  "pci_stub",   "xhci_pci",
	"ucsi", "xhci_hcd", "i2c_nvidia_gpu", "/irqbypass", NULL};

static void fold(char *text)
{
	while ((text = strchr(text, '-')))
		*text = '_';
}

static bool names_driver(const char *folded, const char *driver)
{
	char word[PCI_DRIVER_MAX];

	snprintf(word, sizeof(word), "%s", driver);
	fold(word);
	return word[0] && strstr(folded, word);
}

static bool is_about_drivers(const struct host *h, const char *line)
{
	char folded[1024];

	snprintf(folded, sizeof(folded), "%s", line);
	fold(folded);
	for (size_t i = 0; driver_words[i]; i++)
		if (strstr(folded, driver_words[i]))
			return true;
	for (size_t i = 0; i < h->scan.n; i++)
		if (names_driver(folded, h->scan.fn[i].driver))
			return true;
	return names_driver(folded, h->config.driver);
}

bool bundle_keep_modprobe(void *ctx, const char *line)
{
	return line[strspn(line, " \t")] != '#' && is_about_drivers(ctx, line);
}

bool bundle_keep_layout(void *unused, const char *line)
{
	(void)unused;
	line += strspn(line, " \t");
	return strncmp(line, "layout", strlen("layout")) == 0 &&
	       strchr("= \t", line[strlen("layout")]) && line[strlen("layout")];
}

/* "kernel/drivers/vfio/pci/vfio-pci.ko.xz: ..." of modules.dep and modules.builtin; "alias
 * vfio_pci:..." of modules.alias, whose lines about PCI are too many. */
bool bundle_keep_modules(void *ctx, const char *line)
{
	if (strncmp(line, "alias ", 6) == 0)
		return strncmp(line + 6, "vfio_pci:", 9) == 0 ||
		       strncmp(line + 6, "pci:v000010DE", 13) == 0;
	return is_about_drivers(ctx, line);
}

static bool is_here(const struct pci_scan *s, unsigned vendor, unsigned device, bool any_device)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->fn[i].ids.vendor == vendor && (any_device || s->fn[i].ids.device == device))
			return true;
	return false;
}

/* A vendor's line has its devices behind it, each behind a tab, and theirs have boards behind two;
 * comments may stand between any of them (pci.ids(5)). */
bool bundle_keep_names(void *ctx, const char *line)
{
	struct bundle_names *names = ctx;
	const size_t tabs = strspn(line, "\t");
	const unsigned id = (unsigned)strtoul(line + tabs, NULL, 16);

	if (!isxdigit((unsigned char)line[tabs]))
		return false;
	if (tabs == 0) {
		names->vendor = id;
		return is_here(names->scan, id, 0, true);
	}
	if (tabs == 1)
		names->device = is_here(names->scan, names->vendor, id, false);
	return names->device;
}

bool bundle_keep_iomem(void *ctx, const char *line)
{
	(void)ctx;
	return !strstr(line, "Kernel ");
}

/* "vfio_pci 16384 0 - Live 0xffffffffc0a00000": the address is the kernel's secret. */
void bundle_hide_addresses(char *text, size_t n)
{
	for (size_t i = 0; i + 2 < n; i++)
		if (text[i] == '0' && text[i + 1] == 'x')
			for (i += 2; i < n && strchr("0123456789abcdef", text[i]); i++)
				text[i] = '0';
}

static const char *const log_words[] = {
	"gpurom", "vfio",   "nvidia", "NVRM",	"nouveau", "nova",	"snd_hda",
	"DMAR",	  "AMD-Vi", "iommu",  "vgaarb", "efifb",   "simpledrm", "simple-framebuffer",
	NULL};

/* The line with the command line has words that bundle_cmdline does not keep. */
static bool is_log_line(const struct host *h, const char *line)
{
	char addr[PCI_ADDR_BUF];

	if (strstr(line, "ommand line"))
		return false;
	for (size_t i = 0; log_words[i]; i++)
		if (strstr(line, log_words[i]))
			return true;
	for (size_t i = 0; i < h->scan.n; i++)
		if (pci_fn_is_display(&h->scan.fn[i]) &&
		    strstr(line, pci_addr_format_card(h->scan.fn[i].addr, addr)))
			return true;
	return false;
}

bool bundle_keep_log(void *ctx, const char *line)
{
	return line[0] != ' ' && is_log_line(ctx, line);
}
