// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/config-text.h"
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define VGA 0x030000
#define NV(device)                                                                                 \
	{                                                                                          \
		PCI_VENDOR_NVIDIA, device, 0, 0                                                    \
	}

/* The host of most tests, in address order. */
enum { IGPU, PORT, GPU, AUDIO, USB, UCSI, NVME, TWIN, TWIN_AUDIO, AMD, AMD_AUDIO, N_FN };
static const struct pci_fn host[N_FN] = {
	[IGPU] = {.addr = {0, 0, 2, 0},
		  .ids = {0x8086, 0x4680, 0, 0},
		  .class = VGA,
		  .iommu_group = 0,
		  .boot_vga = true,
		  .rom_bar = true,
		  .rom_shadow = true,
		  .driver = "i915"},
	[PORT] = {.addr = {0, 0, 3, 0},
		  .ids = {0x8086, 0x460d, 0, 0},
		  .class = 0x060400,
		  .header_type = 1,
		  .iommu_group = 1,
		  .driver = "pcieport"},
	[GPU] = {.addr = {0, 1, 0, 0},
		 .ids = NV(0x1e04),
		 .class = VGA,
		 .iommu_group = 1,
		 .rom_bar = true,
		 .path = "pci0000-uid0-03.0-00"},
	[AUDIO] = {.addr = {0, 1, 0, 1}, .ids = NV(0x10f7), .class = 0x040300, .iommu_group = 1},
	[USB] = {.addr = {0, 1, 0, 2},
		 .ids = NV(0x1ad6),
		 .class = 0x0c0330,
		 .iommu_group = 1,
		 .driver = "xhci_hcd"},
	[UCSI] = {.addr = {0, 1, 0, 3}, .ids = NV(0x1ad7), .class = 0x0c8000, .iommu_group = 1},
	[NVME] = {.addr = {0, 2, 0, 0},
		  .ids = {0x144d, 0xa808, 0, 0},
		  .class = 0x010802,
		  .iommu_group = 2},
	[TWIN] = {.addr = {0, 3, 0, 0},
		  .ids = NV(0x1e04),
		  .class = 0x030200,
		  .iommu_group = 3,
		  .rom_bar = true},
	[TWIN_AUDIO] = {.addr = {0, 3, 0, 1},
			.ids = NV(0x10f7),
			.class = 0x040300,
			.iommu_group = 3},
	[AMD] = {.addr = {0, 4, 0, 0},
		 .ids = {0x1002, 0x73bf, 0, 0},
		 .class = VGA,
		 .iommu_group = 4,
		 .rom_bar = true},
	[AMD_AUDIO] = {.addr = {0, 4, 0, 1},
		       .ids = {0x1002, 0xab28, 0, 0},
		       .class = 0x040300,
		       .iommu_group = 5},
};

struct bench {
	struct pci_fn fn[N_FN];
	struct pci_scan scan;
	struct config config;
	struct complaints bad;
	struct plan plan;
};

static void make(struct bench *b, const char *cmdline)
{
	memcpy(b->fn, host, sizeof(host));
	b->scan = (struct pci_scan){.fn = b->fn, .n = N_FN};
	config_default(&b->config);
	memset(&b->bad, 0, sizeof(b->bad));
	config_cmdline(&b->config, cmdline, true, &b->bad);
	memset(&b->plan, 0xa5, sizeof(b->plan));
	plan_make(&b->config, &b->scan, GROUP_BEFORE_DRIVERS, &b->plan);
}

/* The plan as one line: "00:02 not-selected; ..." in letters, one a card. */
static const char *list_cards(const struct plan *p, char *buf, size_t size)
{
	static const char *const letter[] = {
		[PLAN_SELECTED] = "TAKE",      [PLAN_NOT_SELECTED] = "other",
		[PLAN_KEPT] = "kept",	       [PLAN_NOT_DISPLAY] = "nodisplay",
		[PLAN_BRIDGE] = "bridge",      [PLAN_TOO_MANY] = "many",
		[PLAN_MODE_OFF] = "off",       [PLAN_KEEP_UNCLEAR] = "unclear",
		[PLAN_FILE_UNREAD] = "unread", [PLAN_FOREIGN] = "foreign",
		[PLAN_NVSWITCH] = "nvswitch",  [PLAN_SHARED_NAME] = "name",
	};
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < p->n; i++) {
		assert_int_equal(p->card[i].take, p->card[i].why == PLAN_SELECTED);
		at += (size_t)snprintf(buf + at, size - at, "%s%x:%x=%s", i ? " " : "",
				       p->card[i].addr.bus, p->card[i].addr.dev,
				       letter[p->card[i].why]);
		if (p->card[i].selector)
			at += (size_t)snprintf(buf + at, size - at, "(%s)", p->card[i].selector);
	}
	return buf;
}

static void selection(void **state)
{
	static const struct {
		const char *cmdline, *plan;
	} t[] = {
		{"", "0:2=other 1:0=TAKE(nvidia) 3:0=TAKE(nvidia) 4:0=other"},
		{"gpurom.devices=none", "0:2=other 1:0=other 3:0=other 4:0=other"},
		/* any function names the card */
		{"gpurom.devices=01:00.2", "0:2=other 1:0=TAKE(01:00.2) 3:0=other 4:0=other"},
		{"gpurom.devices=10de:10f7", "0:2=other 1:0=TAKE(10de:10f7) 3:0=TAKE(10de:10f7) "
					     "4:0=other"},
		{"gpurom.devices=10de:1ad7,nvidia",
		 "0:2=other 1:0=TAKE(10de:1ad7) 3:0=TAKE(nvidia) 4:0=other"},
		{"gpurom.devices=path:pci0000-uid0-03.0-00",
		 "0:2=other 1:0=TAKE(path:pci0000-uid0-03.0-00) 3:0=other 4:0=other"},
		{"gpurom.devices=1002:", "0:2=other 1:0=other 3:0=other 4:0=TAKE(1002:)"},
		/* a device that is no graphics card is listed, and left */
		{"gpurom.devices=02:00.0,03:00", "0:2=other 1:0=other 2:0=nodisplay(02:00.0) "
						 "3:0=TAKE(03:00) 4:0=other"},
		{"gpurom.devices=00:03.0", "0:2=other 0:3=bridge(00:03.0) 1:0=other 3:0=other "
					   "4:0=other"},
		{"gpurom.devices=*", "0:2=TAKE(*) 0:3=bridge(*) 1:0=TAKE(*) 2:0=nodisplay(*) "
				     "3:0=TAKE(*) 4:0=TAKE(*)"},
		/* keep is stronger, by any function too, and only the reason for selected cards */
		{"gpurom.keep=03:00.1", "0:2=other 1:0=TAKE(nvidia) 3:0=kept(03:00.1) 4:0=other"},
		{"gpurom.devices=01:00.0 gpurom.keep=01:00.0",
		 "0:2=other 1:0=kept(01:00.0) 3:0=other 4:0=other"},
		{"gpurom.keep=1002:", "0:2=other 1:0=TAKE(nvidia) 3:0=TAKE(nvidia) 4:0=other"},
		{"gpurom.devices=::03xx gpurom.keep=boot-vga",
		 "0:2=kept(boot-vga) 1:0=TAKE(::03xx) 3:0=TAKE(::03xx) 4:0=TAKE(::03xx)"},
		{"gpurom.keep=*", "0:2=other 1:0=kept(*) 3:0=kept(*) 4:0=other"},
		/* a keep that cannot be understood: only what is named alone, never the console */
		{"gpurom.keep=03.00.0", "0:2=other 1:0=unclear(nvidia) 3:0=unclear(nvidia) "
					"4:0=other"},
		{"gpurom.keep=bootvga gpurom.devices=10de:1e04,01:00,00:02.0",
		 "0:2=unclear(00:02.0) 1:0=TAKE(10de:1e04) 3:0=unclear(10de:1e04) 4:0=other"},
		{"gpurom.keep=junk,01:00.0 gpurom.devices=01:00,03:00",
		 "0:2=other 1:0=kept(01:00.0) 3:0=TAKE(03:00) 4:0=other"},
		/* a devices list that cannot be understood: nothing */
		{"gpurom.devices=01:OO", "0:2=other 1:0=other 3:0=other 4:0=other"},
		/* modes */
		{"rd.gpurom=0", "0:2=other 1:0=off(nvidia) 3:0=off(nvidia) 4:0=other"},
		{"gpurom.mode=plan", "0:2=other 1:0=TAKE(nvidia) 3:0=TAKE(nvidia) 4:0=other"},
	};
	struct bench b;
	char buf[512];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		make(&b, t[i].cmdline);
		if (strcmp(list_cards(&b.plan, buf, sizeof(buf)), t[i].plan) != 0)
			fail_msg("'%s':\n%s\nis not\n%s", t[i].cmdline, buf, t[i].plan);
		assert_int_equal(b.plan.lost, 0);
	}
}

static void a_card_is_all_its_functions(void **state)
{
	const struct plan_card *k;
	struct bench b;

	(void)state;
	make(&b, "gpurom.devices=01:00.3,4:0");
	assert_int_equal(b.plan.mode, MODE_FULL);
	k = &b.plan.card[1];
	assert_int_equal(k->first, GPU);
	assert_int_equal(k->n, 4);
	assert_int_equal(k->display, GPU);
	assert_int_equal(k->addr.fn, 0);
	k = &b.plan.card[3];
	assert_int_equal(k->first, AMD);
	assert_int_equal(k->n, 2);
	make(&b, "gpurom.devices=02:00");
	assert_int_equal(b.plan.card[2].first, NVME);
	assert_true(b.plan.card[2].display == SIZE_MAX);
}

/* Function 0 may be missing, and the display function need not be the first. */
static void odd_cards(void **state)
{
	struct pci_fn fn[] = {
		{.addr = {0, 1, 0, 1}, .ids = NV(1), .class = 0x040300, .iommu_group = -1},
		{.addr = {0, 1, 0, 2}, .ids = NV(2), .class = 0x030200, .iommu_group = -1},
		{.addr = {0, 1, 0, 3}, .ids = NV(3), .class = VGA, .iommu_group = -1},
		/* the same bus and device in another domain, and on another bus */
		{.addr = {0, 2, 0, 0}, .ids = {1, 1, 0, 0}, .class = VGA},
		{.addr = {1, 1, 0, 0}, .ids = NV(4), .class = VGA},
	};
	const struct pci_scan s = {.fn = fn, .n = COUNT(fn)};
	struct config c;
	struct plan p;

	(void)state;
	config_default(&c);
	plan_make(&c, &s, GROUP_BEFORE_DRIVERS, &p);
	assert_int_equal(p.n, 3);
	assert_int_equal(p.card[0].addr.fn, 0);
	assert_int_equal(p.card[0].first, 0);
	assert_int_equal(p.card[0].n, 3);
	assert_int_equal(p.card[0].display, 1);
	assert_false(p.card[1].take);
	assert_int_equal(p.card[2].addr.domain, 1);
	assert_true(p.card[2].take);
	/* half a card is never taken */
	fn[2].header_type = 1;
	plan_make(&c, &s, GROUP_BEFORE_DRIVERS, &p);
	assert_int_equal(p.card[0].why, PLAN_BRIDGE);
	assert_false(p.card[0].take);
}

static void nothing_there(void **state)
{
	const struct pci_scan none = {.n = 0};
	struct config c;
	struct plan p;

	(void)state;
	config_default(&c);
	plan_make(&c, &none, GROUP_BEFORE_DRIVERS, &p);
	assert_int_equal(p.n, 0);
	assert_int_equal(p.lost, 0);
}

static unsigned warnings(struct bench *b, const char *cmdline, size_t first)
{
	for (size_t i = 0; i < COUNT(b->bad.c); i++)
		b->bad.c[i].why = NULL;
	b->bad.n = 0;
	config_default(&b->config);
	config_cmdline(&b->config, cmdline, true, &b->bad);
	plan_make(&b->config, &b->scan, GROUP_BEFORE_DRIVERS, &b->plan);
	for (size_t i = 0; i < b->plan.n; i++)
		if (b->plan.card[i].first == first)
			return b->plan.card[i].warnings;
	fail_msg("no card at %zu", first);
	return 0;
}

static void warns(void **state)
{
	struct bench b;

	(void)state;
	make(&b, "");
	assert_int_equal(warnings(&b, "", TWIN), 0);
	assert_int_equal(warnings(&b, "", GPU), PLAN_WARN_BOUND); /* the port is no endpoint */
	assert_int_equal(warnings(&b, "", IGPU), 0);		  /* not taken: not our matter */
	assert_int_equal(warnings(&b, "gpurom.devices=boot-vga", IGPU),
			 PLAN_WARN_BOOT_VGA | PLAN_WARN_SHADOW | PLAN_WARN_BOUND);
	b.fn[TWIN].rom_bar = false;
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_NO_ROM_BAR);
	b.fn[TWIN].rom_bar = true;
	b.fn[TWIN_AUDIO].iommu_group = -1;
	b.fn[NVME].iommu_group = -1; /* two without a group share none */
				     /* Of arm64 that is known only of one that has had a driver. */
#if defined(__aarch64__)
	assert_int_equal(warnings(&b, "", TWIN), 0);
	strcpy(b.fn[TWIN_AUDIO].driver, "snd_hda_intel");
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_NO_IOMMU | PLAN_WARN_BOUND);
	b.fn[TWIN_AUDIO].driver[0] = '\0';
#else
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_NO_IOMMU);
#endif
	b.fn[TWIN_AUDIO].iommu_group = 2;
	b.fn[NVME].iommu_group = 2;
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_GROUP_SHARED);
	b.fn[TWIN_AUDIO].framebuffer = true;
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_GROUP_SHARED | PLAN_WARN_FRAMEBUFFER);
	/* one sentence about the console is enough */
	b.fn[TWIN].boot_vga = true;
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_GROUP_SHARED | PLAN_WARN_BOOT_VGA);
	b.fn[TWIN].boot_vga = b.fn[TWIN_AUDIO].framebuffer = false;
	/* a group shared with a card: a warning only if that one stays */
	b.fn[NVME].iommu_group = 9;
	b.fn[AMD_AUDIO].iommu_group = 2;
	assert_int_equal(warnings(&b, "", TWIN), PLAN_WARN_GROUP_SHARED);
	assert_int_equal(warnings(&b, "gpurom.devices=nvidia,1002:", TWIN), 0);
	assert_int_equal(warnings(&b, "gpurom.devices=nvidia,1002:", AMD), 0);
}

/* vfio-pci.ids= is reported for cards that are left, if somebody wanted them left. */
static void vfio_ids(void **state)
{
	struct bench b;

	(void)state;
	make(&b, "");
	assert_int_equal(warnings(&b, "vfio-pci.ids=10de:1e04 gpurom.keep=03:00", TWIN),
			 PLAN_WARN_VFIO_IDS);
	assert_int_equal(warnings(&b, "vfio-pci.ids=10de:10f7 gpurom.keep=03:00", TWIN),
			 PLAN_WARN_VFIO_IDS);
	assert_int_equal(warnings(&b, "vfio-pci.ids=10de:1e04 gpurom.keep=03:00", GPU),
			 PLAN_WARN_BOUND); /* taken */
	assert_int_equal(warnings(&b, "vfio-pci.ids=10de:1e04 gpurom.devices=01:00", TWIN),
			 PLAN_WARN_VFIO_IDS);
	assert_int_equal(warnings(&b, "vfio-pci.ids=1002:73bf", AMD), 0); /* nobody keeps it */
	assert_int_equal(warnings(&b,
				  "vfio-pci.ids=1002:73bf gpurom.devices=01:00,1002:* "
				  "gpurom.keep=1002:*",
				  AMD),
			 PLAN_WARN_VFIO_IDS);
	assert_int_equal(warnings(&b, "vfio-pci.ids=10de:2204 gpurom.keep=03:00", TWIN), 0);
	assert_int_equal(warnings(&b, "gpurom.keep=03:00", TWIN), 0);
	assert_int_equal(warnings(&b, "vfio-pci.ids=10de:1e04 gpurom.keep=03:00 gpurom=0", TWIN),
			 0);
	assert_int_equal(
		warnings(&b, "vfio-pci.ids=144d:a808 gpurom.devices=nvidia,144d:a808", NVME),
		0); /* no display */
	/* The last one counts; one for another module is not it. */
	assert_int_equal(
		warnings(&b, "vfio-pci.ids=10de:1e04 vfio_pci.ids=1:2 gpurom.keep=03:00", TWIN), 0);
	assert_int_equal(warnings(&b, "pci-stub.ids=10de:1e04 gpurom.keep=03:00", TWIN), 0);
}

static const char *list_steps(const struct bench *b, size_t card, char *buf, size_t size)
{
	static const char letter[] = {
		[STEP_HOLD] = 'h',     [STEP_UNBIND] = 'u', [STEP_READ_ROM] = 'R',
		[STEP_OVERRIDE] = 'o', [STEP_PROBE] = 'p',  [STEP_RELEASE] = 'r'};
	struct plan_step step[PLAN_STEPS_MAX];
	size_t n = plan_steps(&b->plan, &b->scan, &b->plan.card[card], step), at = 0;

	assert_true(n <= PLAN_STEPS_MAX);
	buf[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(buf + at, size - at, "%c%zu", letter[step[i].kind],
				       step[i].fn);
	return buf;
}

static void steps(void **state)
{
	static const struct {
		const char *cmdline;
		size_t card; /* in the plan; 1 is the card of four functions, .2 bound */
		const char *steps;
	} t[] = {
		{"", 1, "h2h3h4h5u4R2o2o3o4o5p2p3p4p5"},
		{"", 2, "h7h8R7o7o8p7p8"},
		{"", 0, ""},
		{"gpurom.mode=plan", 1, "h2h3h4h5u4R2o2o3o4o5p2p3p4p5"},
		{"gpurom.mode=claim", 1, "h2h3h4h5u4o2o3o4o5p2p3p4p5"},
		{"gpurom.mode=dump", 1, "h2h3h4h5u4R2r2r3r4r5p2p3p4p5"},
		{"gpurom.mode=off", 1, ""},
		{"gpurom.keep=nvidia", 1, ""},
	};
	struct bench b;
	char buf[128];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		make(&b, t[i].cmdline);
		assert_string_equal(list_steps(&b, t[i].card, buf, sizeof(buf)), t[i].steps);
	}
}

static void steps_of_the_largest_card(void **state)
{
	struct plan_step step[PLAN_STEPS_MAX];
	struct pci_fn fn[PCI_CARD_FUNCTIONS_MAX];
	const struct pci_scan s = {.fn = fn, .n = COUNT(fn)};
	struct config c;
	struct plan p;

	(void)state;
	for (size_t i = 0; i < COUNT(fn); i++)
		fn[i] = (struct pci_fn){.addr = {0, 1, 0, (uint8_t)i},
					.ids = NV(1),
					.class = VGA,
					.driver = "nouveau"};
	config_default(&c);
	plan_make(&c, &s, GROUP_BEFORE_DRIVERS, &p);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.card[0].n, PCI_CARD_FUNCTIONS_MAX);
	assert_int_equal(plan_steps(&p, &s, &p.card[0], step), 4 * PCI_CARD_FUNCTIONS_MAX + 1);
}

/* cards graphics cards of one function, then others of another class on buses behind them; the
 * others come first where others_first. */
static struct pci_scan crowd(size_t cards, size_t others, bool others_first)
{
	struct pci_scan s = {.fn = calloc(cards + others, sizeof(*s.fn)), .n = cards + others};

	assert_non_null(s.fn);
	for (size_t i = 0; i < s.n; i++) {
		bool card = others_first ? i >= others : i < cards;

		s.fn[i].addr = (struct pci_addr){(uint32_t)(i / 256), (uint8_t)i, 0, 0};
		s.fn[i].ids = (struct pci_ids)NV(1);
		s.fn[i].class = card ? VGA : 0x010802;
		s.fn[i].iommu_group = (int)i;
	}
	return s;
}

static void counts_at_and_past_their_limits(void **state)
{
	static const struct {
		const char *cmdline;
		size_t cards, others;
		bool others_first;
		size_t listed, taken, many, lost;
	} t[] = {
		{"", PLAN_TAKE_MAX, 0, false, PLAN_TAKE_MAX, PLAN_TAKE_MAX, 0, 0},
		{"", PLAN_TAKE_MAX + 1, 0, false, PLAN_TAKE_MAX + 1, PLAN_TAKE_MAX, 1, 0},
		{"", PLAN_CARDS_MAX, 0, false, PLAN_CARDS_MAX, PLAN_TAKE_MAX,
		 PLAN_CARDS_MAX - PLAN_TAKE_MAX, 0},
		{"", PLAN_CARDS_MAX + 1, 0, false, PLAN_CARDS_MAX, PLAN_TAKE_MAX,
		 PLAN_CARDS_MAX - PLAN_TAKE_MAX, 1},
		/* a card that nobody named takes no place */
		{"", 3, 900, true, 3, 3, 0, 0},
		/* and one that is named but no graphics card gives way */
		{"gpurom.devices=*", 3, PLAN_CARDS_MAX - 3, true, PLAN_CARDS_MAX, 3, 0, 0},
		{"gpurom.devices=*", 3, PLAN_CARDS_MAX - 2, true, PLAN_CARDS_MAX, 3, 0, 1},
		{"gpurom.devices=*", 3, PLAN_CARDS_MAX - 2, false, PLAN_CARDS_MAX, 3, 0, 1},
		{"gpurom.devices=*", 3, 900, true, PLAN_CARDS_MAX, 3, 0, 903 - PLAN_CARDS_MAX},
		{"gpurom.devices=*", PLAN_CARDS_MAX, 5, true, PLAN_CARDS_MAX, PLAN_TAKE_MAX,
		 PLAN_CARDS_MAX - PLAN_TAKE_MAX, 5},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct pci_scan s = crowd(t[i].cards, t[i].others, t[i].others_first);
		struct plan *p = malloc(sizeof(*p));
		struct complaints bad = {.n = 0};
		size_t taken = 0, many = 0;
		struct config c;

		assert_non_null(p);
		config_default(&c);
		config_cmdline(&c, t[i].cmdline, true, &bad);
		plan_make(&c, &s, GROUP_BEFORE_DRIVERS, p);
		for (size_t k = 0; k < p->n; k++) {
			taken += p->card[k].take;
			many += p->card[k].why == PLAN_TOO_MANY;
		}
		assert_int_equal(p->n, t[i].listed);
		assert_int_equal(taken, t[i].taken);
		assert_int_equal(many, t[i].many);
		assert_int_equal(p->lost, t[i].lost);
		free(p);
		free(s.fn);
	}
}

/* More functions at one address than there can be: bounded, and no step past the array. */
static void impossible_scan(void **state)
{
	struct pci_fn fn[PCI_CARD_FUNCTIONS_MAX + 1];
	const struct pci_scan s = {.fn = fn, .n = COUNT(fn)};
	struct config c;
	struct plan p;

	(void)state;
	for (size_t i = 0; i < COUNT(fn); i++)
		fn[i] = (struct pci_fn){.addr = {0, 1, 0, 0}, .ids = NV(1), .class = VGA};
	config_default(&c);
	plan_make(&c, &s, GROUP_BEFORE_DRIVERS, &p);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.card[0].n, PCI_CARD_FUNCTIONS_MAX);
	assert_int_equal(p.card[1].n, 1);
}

/* What is no card of its own is left whole, with the reason. */
static void left_for_what_it_is(void **state)
{
	struct pci_fn fn[] = {
		{.addr = {0, 1, 0, 0}, .ids = NV(1), .class = VGA, .path = "one"},
		{.addr = {0, 1, 0, 1}, .ids = {0x1af4, 0x1042, 0, 0}, .class = 0x010000},
		{.addr = {0, 2, 0, 0}, .ids = NV(0x22a3), .class = 0x068000},
		{.addr = {0, 3, 0, 0}, .ids = NV(2), .class = VGA, .path = "a", .uid_path = "u"},
		{.addr = {0, 4, 0, 0}, .ids = NV(2), .class = VGA, .path = "b", .uid_path = "u"},
		{.addr = {0, 5, 0, 0},
		 .ids = {0x10b5, 1, 0, 0},
		 .class = 0x060400,
		 .header_type = 1,
		 .slot = "7"},
		{.addr = {0, 6, 0, 0},
		 .ids = NV(3),
		 .class = VGA,
		 .path = "same",
		 .has_parent = true,
		 .parent = {0, 5, 0, 0}},
		{.addr = {0, 7, 0, 0}, .ids = NV(3), .class = VGA, .path = "same"},
	};
	static const struct {
		const char *cmdline, *plan;
	} t[] = {
		{"gpurom.devices=0000:01:00,10de:22a3",
		 "1:0=foreign(0000:01:00) 2:0=nvswitch(10de:22a3) 3:0=other 4:0=other 6:0=other "
		 "7:0=other"},
		{"gpurom.devices=path:u", "1:0=other 3:0=name(path:u) 4:0=name(path:u) 6:0=other "
					  "7:0=other"},
		{"gpurom.devices=path:a",
		 "1:0=other 3:0=TAKE(path:a) 4:0=other 6:0=other 7:0=other"},
		{"gpurom.devices=nvidia gpurom.keep=path:u,path:one,path:same",
		 "1:0=kept(path:one) 3:0=kept(path:u) 4:0=kept(path:u) 6:0=kept(path:same) "
		 "7:0=kept(path:same)"},
		{"gpurom.devices=slot:7",
		 "1:0=other 3:0=other 4:0=other 6:0=TAKE(slot:7) 7:0=other"},
	};
	const struct pci_scan s = {.fn = fn, .n = COUNT(fn)};
	char buf[1000];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct complaints bad = {.n = 0};
		struct config c;
		struct plan p;

		config_default(&c);
		config_cmdline(&c, t[i].cmdline, true, &bad);
		assert_int_equal(bad.n, 0);
		plan_make(&c, &s, GROUP_BEFORE_DRIVERS, &p);
		assert_string_equal(list_cards(&p, buf, sizeof(buf)), t[i].plan);
		for (size_t k = 0; k < p.n; k++)
			assert_int_equal(!!(p.card[k].warnings & PLAN_WARN_SHARED_NAME),
					 p.card[k].addr.bus >= 6);
	}
}

static void every_code_has_its_words(void **state)
{
	(void)state;
	for (int w = PLAN_SELECTED; w <= PLAN_SHARED_NAME; w++)
		assert_string_not_equal(plan_why_text((enum plan_why)w), "unknown");
	for (unsigned w = PLAN_WARN_BOOT_VGA; w <= PLAN_WARN_SHARED_NAME; w <<= 1)
		assert_string_not_equal(plan_warning_text((enum plan_warning)w), "unknown");
	for (int k = STEP_HOLD; k <= STEP_RELEASE; k++)
		assert_string_not_equal(plan_step_text((enum plan_step_kind)k), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selection),
		cmocka_unit_test(a_card_is_all_its_functions),
		cmocka_unit_test(odd_cards),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(warns),
		cmocka_unit_test(vfio_ids),
		cmocka_unit_test(steps),
		cmocka_unit_test(steps_of_the_largest_card),
		cmocka_unit_test(counts_at_and_past_their_limits),
		cmocka_unit_test(impossible_scan),
		cmocka_unit_test(left_for_what_it_is),
		cmocka_unit_test(every_code_has_its_words),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
