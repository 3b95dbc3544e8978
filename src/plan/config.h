/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gpurom is configured to do: the values, their defaults, what each key accepts, and the
 * complaint about a bad value. plan/config-text.h reads files and the kernel command line. */
#ifndef GPUROM_PLAN_CONFIG_H
#define GPUROM_PLAN_CONFIG_H

#include "pci/selector.h"
#include "rom/rom.h"
#include "rom/source.h"
#include "util/sha256.h"

#define CONFIG_SELECTORS_MAX 32
#define CONFIG_STORE_MAX 128
#define CONFIG_VFIO_IDS_MAX 512 /* with NUL; a longer list is cut */
#define CONFIG_TIMEOUT_MIN 1	/* seconds */
#define CONFIG_TIMEOUT_MAX 300	/* a boot must not wait longer */
#define COMPLAINTS_MAX 32
#define COMPLAINT_TEXT_MAX 80

enum gpurom_mode { MODE_FULL, MODE_CLAIM, MODE_DUMP, MODE_PLAN, MODE_OFF };

/* What a VM manager's hook does about a definition that gpurom-domain finds wrong. */
enum gpurom_guard { GUARD_REFUSE, GUARD_WARN, GUARD_OFF };

/* config.driver by default: for each function the vfio driver that is made for it (sys/modules.h).
 */
#define CONFIG_DRIVER_AUTO "auto"

/* Filled by config_default and setting_apply; read by plan/, claim, the commands and guard/. */
struct config {
	enum gpurom_mode mode;
	struct selector devices[CONFIG_SELECTORS_MAX], keep[CONFIG_SELECTORS_MAX];
	size_t n_devices, n_keep;
	bool keep_unclear;		      /* a bad word of keep= may have named any card */
	bool file_unread;		      /* an unread file may have had any key */
	char driver[PCI_DRIVER_MAX];	      /* or CONFIG_DRIVER_AUTO */
	enum rom_source sources[SOURCES_MAX]; /* in the order they are tried, each once */
	size_t n_sources;
	enum rom_trim trim;
	unsigned timeout; /* seconds */
	enum gpurom_guard guard;
	char store[CONFIG_STORE_MAX];	    /* absolute, below the root */
	char metrics[CONFIG_STORE_MAX];	    /* the folder for metrics, as store; "" none */
	char vfio_ids[CONFIG_VFIO_IDS_MAX]; /* vfio-pci's own (plan/vfio-ids.h); "" none */
	char files_digest[SHA256_HEX];	    /* of the files alone: sys/config-files.h */
};

struct complaint {
	char place[COMPLAINT_TEXT_MAX]; /* "kernel command line, word 7", "/etc/gpurom.conf:3" */
	char word[COMPLAINT_TEXT_MAX];	/* as written, cut to fit, control bytes as '?' */
	const char *why;		/* static text: what is wrong, or what would be right */
};

struct complaints {
	struct complaint c[COMPLAINTS_MAX];
	size_t n, lost; /* lost: more than the list holds */
};

void config_default(struct config *ret);

/* The words of the configuration, by enum gpurom_mode and enum rom_trim. */
extern const char *const config_mode_words[MODE_OFF + 1];
extern const char *const config_trim_words[ROM_TRIM_HEAD + 1];
const char *config_mode_text(enum gpurom_mode m);

/* One KEY=VALUE of a file or of the kernel command line. */
struct setting {
	const char *place;  /* for complaints */
	const char *key;    /* without "gpurom.": "devices"; "" is the switch, gpurom=0 */
	const char *value;  /* NULL: the key has none, not even "" */
	const char *broken; /* NULL, or why the end of value is wrong (static) */
};

void setting_apply(struct config *c, const struct setting *s, struct complaints *bad);

/* True for the switch with 0, no, off, n or false. */
bool setting_is_off(const struct setting *s);

/* why is static text; place and word are copied, cut to fit, control bytes as '?'. */
void setting_complain(struct complaints *bad, const char *place, const char *word, const char *why);

#endif
