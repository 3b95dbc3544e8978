// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/bundle-text.h"

#include "pci/serial.h"
#include "pci/smbios.h"
#include "plan/cmdline.h"
#include "plan/config-text.h"
#include "util/bytes.h"
#include "util/sha256.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIAL_CHARS (PCI_SERIAL_BUF - 1)
#define UUID "GPU-"
#define UUID_CHARS 36 /* RFC 9562: 32 digits, 4 dashes */

/* --- serial numbers -------------------------------------------------------------------------- */

uint64_t bundle_serial(const struct bundle_secrets *s, uint64_t serial)
{
	char text[160], digest[SHA256_HEX];
	uint64_t ret = serial;

	if (!pci_serial_usable(serial))
		return serial;
	for (unsigned i = 0; ret == serial || !pci_serial_usable(ret); i++) {
		int n = snprintf(text, sizeof(text), "gpurom bundle, serial number %s %016llx %u",
				 s->key, (unsigned long long)serial, i);

		digest_sha256((struct bytes){(const uint8_t *)text, (size_t)n}, digest);
		digest[16] = '\0';
		ret = strtoull(digest, NULL, 16);
	}
	return ret;
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* True if the n bytes at `at` begin and end where a word does. */
static bool is_word(const char *text, size_t size, size_t at, size_t n)
{
	return (at == 0 || !is_word_char(text[at - 1])) &&
	       (at + n == size || !is_word_char(text[at + n]));
}

static void hide_serial_at(const struct bundle_secrets *s, char *at)
{
	char word[PCI_SERIAL_BUF];
	uint64_t serial;

	memcpy(word, at, SERIAL_CHARS);
	word[SERIAL_CHARS] = '\0';
	if (pci_serial_parse(word, &serial) == 0)
		memcpy(at, pci_serial_format(bundle_serial(s, serial), word), SERIAL_CHARS);
}

static void hide_uuid_at(char *at, size_t n)
{
	for (size_t i = 0;
	     i < n && i < UUID_CHARS && (isxdigit((unsigned char)at[i]) || at[i] == '-'); i++)
		if (at[i] != '-')
			at[i] = '0';
}

void bundle_hide_serials(const struct bundle_secrets *s, char *text, size_t n)
{
	if (s->serials)
		return;
	for (size_t i = 0; i < n; i++) {
		if (n - i >= SERIAL_CHARS && text[i + 2 < n ? i + 2 : i] == '-' &&
		    is_word(text, n, i, SERIAL_CHARS))
			hide_serial_at(s, text + i);
		else if (n - i > strlen(UUID) && memcmp(text + i, UUID, strlen(UUID)) == 0)
			hide_uuid_at(text + i + strlen(UUID), n - i - strlen(UUID));
	}
}

void bundle_hide_host(const struct bundle_secrets *s, char *text, size_t n)
{
	const size_t length = strlen(s->host);

	for (size_t i = 0; length && i + length <= n; i++)
		if (strncasecmp(text + i, s->host, length) == 0 && is_word(text, n, i, length))
			memset(text + i, 'x', length);
}

/* Also a number, which may be an address's or an id's. */
static bool is_setting_word(const char *host)
{
	static const char *const words[] = {"nvidia", "none",	"auto",	 "boot-vga", "path", "slot",
					    "serial", "full",	"claim", "dump",     "plan", "off",
					    "chain",  "head",	"sysfs", "efi",	     "prom", "vfio",
					    "shadow", "refuse", "warn",	 "gpurom",   "rd"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(host, words[i]) == 0)
			return true;
	return host[strspn(host, "0123456789abcdefABCDEF")] == '\0' ||
	       strncasecmp(host, "vfio-", 5) == 0 || strncasecmp(host, "pci", 3) == 0;
}

/* Bytes up to the end of the line, or of the word, which may have blanks in quotes. */
static size_t setting_length(bool word, const char *text, size_t n)
{
	bool quoted = !word;
	size_t i = 0;

	for (; i < n && text[i] != '\n' && (quoted || !strchr(" \t", text[i])); i++)
		quoted ^= word && text[i] == '"';
	return i;
}

/* "store=", "gpurom.store =" */
static bool is_store(const char *setting, size_t n)
{
	static const char *const before[] = {"gpurom.", "rd.gpurom.", ""};
	const char *end = setting + n, *at;

	while (setting < end && strchr(" \t\"", *setting))
		setting++;
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t k = strlen(before[i]);

		if ((size_t)(end - setting) <= k + strlen("store") ||
		    memcmp(setting, before[i], k) != 0 || memcmp(setting + k, "store", 5) != 0)
			continue;
		for (at = setting + k + 5; at < end && strchr(" \t", *at); at++)
			;
		if (at < end && *at == '=')
			return true;
	}
	return false;
}

void bundle_hide_in_settings(const struct bundle_secrets *s, bool words, char *text, size_t n)
{
	size_t length;

	if (is_setting_word(s->host))
		return;
	for (size_t at = 0; at < n; at += length + 1) {
		length = setting_length(words, text + at, n - at);
		if (!is_store(text + at, length))
			bundle_hide_host(s, text + at, length);
	}
}

/* PCI Express Base Specification 4.0, 7.6.3 (the list of extended capabilities) and 7.9.3 (the
 * number). A device that lies may make a ring of the list. */
#define EXT_BEGIN 0x100
#define EXT_MAX 1024 /* places of capabilities in 4096 bytes */
#define EXT_DSN 3
#define DSN_NUMBER 4

static void put_le64(uint8_t *to, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

void bundle_hide_config(const struct bundle_secrets *s, uint8_t *config, size_t n)
{
	const struct bytes b = {config, n};
	bool seen[EXT_MAX] = {false};
	uint32_t head, low, high;

	for (size_t at = EXT_BEGIN;
	     !s->serials && at >= EXT_BEGIN && !seen[at / 4] && bytes_le32(b, at, &head);
	     at = head >> 20 & 0xffc) {
		seen[at / 4] = true;
		if ((head & 0xffff) == EXT_DSN && bytes_le32(b, at + DSN_NUMBER, &low) &&
		    bytes_le32(b, at + DSN_NUMBER + 4, &high))
			put_le64(config + at + DSN_NUMBER,
				 bundle_serial(s, (uint64_t)high << 32 | low));
	}
}

/* --- lines ----------------------------------------------------------------------------------- */

size_t bundle_lines(char *text, size_t n, bool (*keep)(void *ctx, const char *line), void *ctx)
{
	size_t to = 0, length;

	for (size_t at = 0; at < n; at += length + 1) {
		const char *end = memchr(text + at, '\n', n - at);

		length = end ? (size_t)(end - (text + at)) : n - at;
		text[at + length] = '\0';
		if (!keep(ctx, text + at))
			continue;
		memmove(text + to, text + at, length);
		to += length;
		text[to++] = '\n';
	}
	return to;
}

/* A quote that does not end in its line quotes nothing beyond it. Returns where the comment begins,
 * or the line's length. */
static size_t find_comment(const char *line, size_t n)
{
	char quote = '\0';

	for (size_t i = 0; i < n; i++) {
		if (quote)
			quote = line[i] == quote ? '\0' : quote;
		else if (line[i] == '"' || line[i] == '\'')
			quote = line[i];
		else if (line[i] == '#')
			return i;
	}
	return n;
}

static size_t no_text(char *text, size_t line)
{
	memset(text, '\n', line - 1);
	text[line - 1] = '\1';
	return line;
}

size_t bundle_config(char *text, size_t n)
{
	size_t to = 0, length, line;

	if (!config_is_text(text, n, &line))
		return no_text(text, line);
	for (size_t at = 0; at < n; at += length + 1) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t kept;

		length = end ? (size_t)(end - (text + at)) : n - at;
		kept = find_comment(text + at, length);
		memmove(text + to, text + at, kept);
		to += kept;
		if (end)
			text[to++] = '\n';
	}
	return to;
}

/* --- the kernel command line ----------------------------------------------------------------- */

/* Beginnings of keys, as the kernel and gpurom read them: '_' for '-'. */
static const char *const kernel_words[] = {"gpurom",
					   "rd.gpurom",
					   "vfio",
					   "intel_iommu",
					   "amd_iommu",
					   "iommu",
					   "pci=",
					   "pcie_",
					   "pci_stub.",
					   "module_blacklist",
					   "modprobe.blacklist",
					   "rd.driver.",
					   "modules_load",
					   "rd.modules_load",
					   "nouveau.",
					   "nvidia",
					   "nova",
					   "snd_hda_intel.",
					   "video=",
					   "initcall_blacklist",
					   "efi=",
					   "lockdown",
					   "iomem=",
					   "hugepages",
					   "default_hugepagesz",
					   "kvm",
					   "nomodeset",
					   "console=",
					   "vga=",
					   "quiet",
					   "irqpoll",
					   "intremap",
					   "driver_async_probe",
					   "disable_vga",
					   NULL};

static bool is_kernel_word(const char *word, size_t n)
{
	char key[CMDLINE_KEY_MAX];
	size_t i;

	if (n && *word == '"') /* the kernel takes a quoted word as a whole */
		word++, n--;
	for (i = 0; i < n && i < sizeof(key) - 1; i++)
		key[i] = (char)(word[i] == '-' ? '_' : word[i]);
	key[i] = '\0';
	if (n == 2 && memcmp(word, "--", 2) == 0)
		return true; /* what is behind it is init's: for gpurom, too */
	for (i = 0; kernel_words[i]; i++)
		if (strncmp(key, kernel_words[i], strlen(kernel_words[i])) == 0)
			return true;
	return false;
}

static size_t word_length(const char *text, size_t n)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < n && (quoted || !isspace((unsigned char)text[i])); i++)
		quoted = quoted != (text[i] == '"');
	return i;
}

/* Each word that goes leaves "-": gpurom names words by their place on the line. */
size_t bundle_cmdline(char *text, size_t n)
{
	size_t to = 0, length;

	for (size_t at = 0; at < n; at += length) {
		if (isspace((unsigned char)text[at])) {
			text[to++] = text[at];
			length = 1;
			continue;
		}
		length = word_length(text + at, n - at);
		if (is_kernel_word(text + at, length)) {
			memmove(text + to, text + at, length);
			to += length;
		} else {
			text[to++] = '-';
		}
	}
	return to;
}

/* --- SMBIOS ---------------------------------------------------------------------------------- */

size_t bundle_slots(uint8_t *table, size_t n)
{
	const struct bytes b = {table, n};
	struct smbios_slot slot;
	struct bytes one;
	size_t at = 0, to = 0;

	while (smbios_next(b, &at, &one)) {
		if (!smbios_slot(one, &slot))
			continue;
		memmove(table + to, one.p, one.n);
		to += one.n;
	}
	return to;
}
