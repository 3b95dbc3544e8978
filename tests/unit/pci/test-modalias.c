// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/modalias.h"

#include <stdio.h>

#define ALL "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
#define GRACE "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n"

static const struct pci_fn gpu = {.ids = {0x10de, 0x2342, 0x10de, 0x16eb}, .class = 0x03020a};

static void assert_best(const char *lines, size_t n, const char *want)
{
	char best[PCI_DRIVER_MAX] = "?";
	bool found = modalias_best((struct bytes){(const uint8_t *)lines, n}, &gpu, best);

	if (found != (want != NULL) || strcmp(best, want ? want : "?") != 0)
		fail_msg("%.*s: %s, not %s", (int)n, lines, best, want ? want : "none");
}

static void best(void **state)
{
	static const char *const t[][2] = {
		{"", NULL},
		{"\n\n", NULL},
		{ALL, "vfio_pci"},
		{ALL GRACE, "nvgrace_gpu_vfio_pci"},
		{GRACE ALL, "nvgrace_gpu_vfio_pci"},
		{"# Aliases\nalias pci:v000010DEd00002342sv*sd*bc*sc*i* nouveau\n" ALL, "vfio_pci"},
		{"alias pci:v*d*sv*sd*bc*sc*i* x\nalias vfio:v*d*sv*sd*bc*sc*i* y\n", NULL},
		/* another device, vendor, class; a value that only begins alike */
		{"alias vfio_pci:v000010DEd00002345sv*sd*bc*sc*i* m\n", NULL},
		{"alias vfio_pci:v000015B3d00002342sv*sd*bc*sc*i* m\n", NULL},
		{"alias vfio_pci:v*d*sv*sd*bc04sc*i* m\n", NULL},
		{"alias vfio_pci:v*d*sv*sd*bc03sc00i* m\n", NULL},
		{"alias vfio_pci:v000010DEd0000234sv*sd*bc*sc*i* m\n", NULL},
		{"alias vfio_pci:v000010DEd000023420sv*sd*bc*sc*i* m\n", NULL},
		{"alias vfio_pci:v000010ded00002342sv*sd*bc*sc*i* m\n", NULL},
		/* each field; class in three; the wildcard behind the last one */
		{"alias vfio_pci:v*d*sv*sd*bc03sc*i* m\n", "m"},
		{"alias vfio_pci:v*d*sv*sd*bc03sc02i0A m\n", "m"},
		{"alias vfio_pci:v*d*sv*sd*bc03sc02i0A* m\n", "m"},
		{"alias vfio_pci:v*d*sv000010DEsd000016EBbc*sc*i* m\n", "m"},
		{"alias vfio_pci:v*d*sv000010DEsd000016ECbc*sc*i* m\n", NULL},
		/* the fewest open fields win, wherever the line stands; the first of equals */
		{"alias vfio_pci:v000010DEd*sv*sd*bc03sc*i* two\n" GRACE, "two"},
		{GRACE "alias vfio_pci:v000010DEd00002342sv*sd*bc03sc*i* three\n" ALL, "three"},
		{"alias vfio_pci:v*d*sv*sd*bc03sc02i0A* i\nalias vfio_pci:v*d*sv*sd*bc03sc02i* s\n",
		 "i"},
		{"alias vfio_pci:v*d*sv*sd*bc03sc02i* s\nalias vfio_pci:v*d*sv*sd*bc03sc02i0A* i\n",
		 "i"},
		/* a form that no kernel writes */
		{"alias vfio_pci:* m\n", NULL},
		{"alias vfio_pci: m\n", NULL},
		{"alias vfio_pci:v*d*sv*sd*bc*sc* m\n", NULL},
		{"alias vfio_pci:v*d*sv*sd*bc*sc*i*x m\n", NULL},
		{"alias vfio_pci:v*d*sv*sd*bc*sc*i*\n", NULL},
		{"alias vfio_pci:v*d*sv*sd*bc*sc*i* \n", NULL},
		{" " GRACE, NULL},
		/* a name that is no module's is passed over, not the line behind it */
		{"alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* -r\n" ALL, "vfio_pci"},
		{"alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* a/b\n" ALL, "vfio_pci"},
		{"alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* a b\n" ALL, "vfio_pci"},
		/* no newline at the end */
		{"alias vfio_pci:v*d*sv*sd*bc*sc*i* m", "m"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_best(t[i][0], strlen(t[i][0]), t[i][1]);
}

/* Cut anywhere, a line fits as a whole or not at all. */
static void cut_lines(void **state)
{
	static const char line[] = "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* m";
	char buf[sizeof(line)];

	(void)state;
	for (size_t n = 0; n < sizeof(line) - 1; n++)
		assert_best(line, n, NULL);
	memcpy(buf, line, sizeof(line));
	buf[20] = '\0';
	assert_best(buf, sizeof(line) - 1, NULL);
}

static void longest_name(void **state)
{
	char text[200], name[PCI_DRIVER_MAX + 1];

	(void)state;
	for (size_t n = PCI_DRIVER_MAX - 1; n <= PCI_DRIVER_MAX; n++) {
		int len;

		memset(name, 'm', n);
		name[n] = '\0';
		len = snprintf(text, sizeof(text), "alias vfio_pci:v*d*sv*sd*bc*sc*i* %s\n", name);
		assert_best(text, (size_t)len, n < PCI_DRIVER_MAX ? name : NULL);
	}
}

/* As /sys/bus/pci/devices/0000:01:00.0/modalias has it. */
static void formatted(void **state)
{
	const struct pci_fn f = {.ids = {0x10de, 0x2204, 0x1462, 0x3896}, .class = 0x0c0330};
	char buf[MODALIAS_MAX];

	(void)state;
	assert_string_equal(modalias_format(&f, buf),
			    "pci:v000010DEd00002204sv00001462sd00003896bc0Csc03i30");
}

static void names(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} t[] = {
		{"vfio-pci", "vfio_pci", true},
		{"vfio_pci", "vfio-pci", true},
		{"a-b_c", "a_b-c", true},
		{"a", "a", true},
		{"", "", true},
		{"a", "b", false},
		{"vfio-pci", "vfio", false},
		{"vfio", "vfio-pci", false},
		{"vfio-", "vfio", false},
		{"vfio", "vfio-", false},
		{"vfio-pci", "vfio.pci", false},
		{"vfio.pci", "vfio-pci", false},
		{"a", "", false},
		{"", "-", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (modalias_same_name(t[i].a, t[i].b) != t[i].same)
			fail_msg("%s %s", t[i].a, t[i].b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(best),		cmocka_unit_test(cut_lines),
		cmocka_unit_test(longest_name), cmocka_unit_test(formatted),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("modalias", tests, NULL, NULL);
}
