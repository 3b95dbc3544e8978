/* Configuration: defaults, then files, then the kernel command line; later wins. A bad word is
 * put on the list of complaints with its place; the rest holds. Where a bad word leaves doubt
 * which cards are meant, the doubt is for the host:
 *   devices  replaces the list before it by the words that can be understood, be it none of
 *	      them: then no card is taken;
 *   keep     a word that cannot be understood leaves the list before it in force beside the good
 *	      words, and keep_unclear set (see plan/plan.h) until a later keep= is whole. So does a
 *key with a byte that no key has: it may have been keep. A file that cannot be read may have held
 *any key: config_unread. */
#ifndef GPUROM_PLAN_CONFIG_H
#define GPUROM_PLAN_CONFIG_H

#include "pci/selector.h"
#include "rom/rom.h"
#include "rom/source.h"

#define CONFIG_SELECTORS_MAX 32
#define CONFIG_STORE_MAX 128
#define CONFIG_VFIO_IDS_MAX 512 /* with NUL; a longer list is cut */
#define CONFIG_TIMEOUT_MIN 1	/* seconds */
#define CONFIG_TIMEOUT_MAX 300	/* a boot must not wait longer for us */
#define COMPLAINTS_MAX 32
#define COMPLAINT_TEXT_MAX 80

enum gpurom_mode { MODE_FULL, MODE_CLAIM, MODE_DUMP, MODE_PLAN, MODE_OFF };

/* What libvirt's hook does about a definition that gpurom-domain finds wrong. */
enum gpurom_guard { GUARD_REFUSE, GUARD_WARN, GUARD_OFF };

struct config {
	enum gpurom_mode mode;
	struct selector devices[CONFIG_SELECTORS_MAX], keep[CONFIG_SELECTORS_MAX];
	size_t n_devices, n_keep;
	bool keep_unclear;		      /* a word of keep= could mean any card */
	bool file_unread;		      /* a file that may have held any key */
	char driver[PCI_DRIVER_MAX];	      /* "vfio-pci" */
	enum rom_source sources[SOURCES_MAX]; /* in the order they are tried, each once */
	size_t n_sources;
	enum rom_trim trim;
	unsigned timeout; /* seconds */
	enum gpurom_guard guard;
	char store[CONFIG_STORE_MAX];	    /* absolute, below the root */
	char vfio_ids[CONFIG_VFIO_IDS_MAX]; /* not ours, see plan/vfio-ids.h; "" none */
};

struct complaint {
	char place[COMPLAINT_TEXT_MAX]; /* "kernel command line, word 7", "/etc/gpurom.conf:3" */
	char word[COMPLAINT_TEXT_MAX];	/* as written, cut to fit, control bytes as '?' */
	const char *why;		/* static text, what would be right */
};

struct complaints {
	struct complaint c[COMPLAINTS_MAX];
	size_t n, lost; /* lost: more than the list holds */
};

void config_default(struct config *ret);

/* Lines KEY=VALUE or gpurom.KEY=VALUE, '#' comments, blanks around '=', quotes around the value;
 * rd.gpurom=0 and gpurom=0 are mode=off. name is what complaints call the file. */
void config_file(struct config *c, const char *text, const char *name, struct complaints *bad);

/* False where a byte of these n is in no text file, so that the file is damaged or is none: control
 * bytes other than tab, newline, and a carriage return at the end of its line. *ret_line: of the
 * first, from 1. Bytes beyond ASCII may be a comment's, in whatever encoding. */
bool config_is_text(const char *text, size_t n, size_t *ret_line);

/* A file is there and is not read: it may have held devices=, keep= or mode=off. Sets file_unread
 * (see plan/plan.h) until devices= stands on the kernel command line, and keep_unclear. */
void config_unread(struct config *c);

/* vfio-pci.ids=, gpurom.KEY=VALUE, and rd.gpurom.KEY=VALUE where initramfs. rd.gpurom=0 and
 * gpurom=0 are mode=off wherever they stand: no later word undoes them. */
void config_cmdline(struct config *c, const char *text, bool initramfs, struct complaints *bad);

const char *config_mode_text(enum gpurom_mode m);

#endif
