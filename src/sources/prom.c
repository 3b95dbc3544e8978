// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/prom.h"

#include "sys/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BOOT_0 0x0u
#define PROGRESS_STEP 4096u  /* bytes between two calls of job_progress */
#define CLOCK_STEP 512u	     /* bytes between two checks of the clock */
#define SHADOW 0x1u	     /* the window shows the copy in RAM */
#define MIRROR_NV04 0x1850u  /* PCI configuration offset 0x50, mirrored in BAR 0 */
#define MIRROR_NV40 0x88050u /* ... from NV40 on */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Hopper and Blackwell have the mirror at 0x92000, but no document says that its 0x50 means the
 * same, and no driver writes it there: what is not listed is read as it is. */
static const struct {
	uint32_t first, last, mirror; /* chips */
} generations[] = {
	{0x004, 0x03f, MIRROR_NV04},
	{0x040, 0x14f, MIRROR_NV40}, /* Curie to Volta */
	{0x160, 0x17f, MIRROR_NV40}, /* Turing, Ampere */
	{0x190, 0x19f, MIRROR_NV40}, /* Ada */
};

/* What a bus answers for an absent card, or a card for an absent unit of its own. */
static bool is_silent(uint32_t v)
{
	return v == 0xffffffffu || v >> 16 == 0xbadf;
}

/* 0 where BOOT_0 names none that is known. */
static uint32_t chip_of(uint32_t boot)
{
	if (boot & 0x1f000000u)
		return boot >> 20 & 0x1ff;
	if ((boot & 0xff00fff0u) == 0x20004000u)
		return boot & 0x00f00000u ? 0x05 : 0x04;
	return 0;
}

/* The NV4x graphics of a board's chipset: their ROM is a part of the board's firmware. */
static bool has_no_flash(uint32_t chip)
{
	return ((chip & 0x1f0) == 0x40 || (chip & 0x1f0) == 0x60) && chip >= 0x4c;
}

static uint32_t mirror_of(uint32_t chip)
{
	for (size_t i = 0; i < COUNT(generations); i++)
		if (chip >= generations[i].first && chip <= generations[i].last)
			return generations[i].mirror;
	return 0;
}

/* Sets *reg to the register, 0 where none is known, and *was to its value. */
static int find_register(const struct prom_bar *bar, struct source_bytes *ret, uint32_t *reg,
			 uint32_t *was)
{
	uint32_t boot, chip;
	int r = bar->read(bar->ctx, BOOT_0, &boot);

	if (r < 0)
		return r;
	if (boot == 0 || is_silent(boot))
		return job_fail(ret, -EIO, "the card does not answer: BAR 0 reads %08x", boot);
	chip = chip_of(boot);
	if (has_no_flash(chip))
		return job_fail(ret, -ENODEV,
				"NV%02X has no flash: its ROM is in the board's firmware", chip);
	*reg = mirror_of(chip);
	if (!*reg)
		return 0;
	r = bar->read(bar->ctx, *reg, was);
	if (r == 0 && is_silent(*was))
		*reg = 0;
	return r;
}

static int remember_register(const struct source_job *j, const struct source_before *before,
			     uint32_t reg, uint32_t was)
{
	struct source_before all;

	if (!before || !j->remember)
		return 0;
	all = *before;
	all.prom_register = reg;
	all.prom_value = was;
	return j->remember(j->ctx, &all);
}

/* Makes the window show the flash. A copy that stays is no better than the shadow at 0xC0000. */
static int show_flash(const struct prom_bar *bar, struct source_bytes *ret, uint32_t reg,
		      uint32_t was)
{
	uint32_t now;
	int r = bar->write(bar->ctx, reg, was & ~SHADOW);

	if (r == 0)
		r = bar->read(bar->ctx, reg, &now);
	if (r == 0 && (now & SHADOW))
		return job_fail(ret, -EIO,
				"the card shows a copy in RAM instead of its flash: bit 0 of "
				"register %x stays set",
				reg);
	return r;
}

/* The read sends the write on its way: until then a bridge may keep it. */
static void put_back(const struct prom_bar *bar, uint32_t reg, uint32_t was)
{
	uint32_t now;

	(void)bar->write(bar->ctx, reg, was);
	(void)bar->read(bar->ctx, reg, &now);
}

/* No is_silent() here: words of flash may look the same. */
static int copy_step(const struct prom_bar *bar, const struct source_job *j,
		     struct source_bytes *ret)
{
	const size_t end = ret->n + PROGRESS_STEP;
	uint32_t v;
	int r;

	for (; ret->n < end; ret->n += 4) {
		if (ret->n % CLOCK_STEP == 0 && job_late(j))
			return -ETIMEDOUT;
		r = bar->read(bar->ctx, PROM_AT + (uint32_t)ret->n, &v);
		if (r < 0)
			return r;
		for (unsigned i = 0; i < 4; i++)
			ret->bytes[ret->n + i] = (uint8_t)(v >> 8 * i);
	}
	return 0;
}

static int copy(const struct prom_bar *bar, const struct source_job *j, struct source_bytes *ret)
{
	int r = 0;

	ret->bytes = malloc(PROM_SIZE);
	if (!ret->bytes)
		return -ENOMEM;
	while (r == 0 && ret->n < PROM_SIZE) {
		r = copy_step(bar, j, ret);
		if (r == 0)
			job_progress(j, ret->n, PROM_SIZE);
	}
	return r;
}

int prom_read(const struct prom_bar *bar, const struct source_job *j,
	      const struct source_before *before, struct source_bytes *ret)
{
	uint32_t reg = 0, was = 0;
	int r = find_register(bar, ret, &reg, &was);

	if (r < 0)
		return r;
	if (!reg || !(was & SHADOW))
		return copy(bar, j, ret);
	r = remember_register(j, before, reg, was);
	if (r < 0)
		return r;
	r = show_flash(bar, ret, reg, was);
	if (r == 0)
		r = copy(bar, j, ret);
	put_back(bar, reg, was);
	return r;
}

void prom_put_right(const struct prom_bar *bar, const struct source_before *before)
{
	const uint32_t reg = before->prom_register;

	/* It comes from a file: nothing else in BAR 0 is written, whatever the file says. */
	if (reg == MIRROR_NV04 || reg == MIRROR_NV40)
		put_back(bar, reg, before->prom_value);
}

/* BAR 0 through resource0, which can be mapped and not read (drivers/pci/pci-sysfs.c). */
static int map_read(void *ctx, uint32_t at, uint32_t *ret)
{
	*ret = *(const volatile uint32_t *)((const uint8_t *)ctx + at);
	return 0;
}

static int map_write(void *ctx, uint32_t at, uint32_t value)
{
	*(volatile uint32_t *)((uint8_t *)ctx + at) = value;
	return 0;
}

static int map_bar(const struct root *root, struct pci_addr a, struct prom_bar *ret)
{
	char path[SYSFS_PATH_MAX];
	int fd = openat(root->fd, sysfs_path(a, "resource0", path), O_RDWR | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	*ret = (struct prom_bar){.read = map_read, .write = map_write};
	ret->ctx = mmap(NULL, PROM_BAR_MIN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ret->ctx == MAP_FAILED)
		r = -errno;
	close(fd);
	return r;
}

static void unmap_bar(const struct prom_bar *bar)
{
	(void)munmap(bar->ctx, PROM_BAR_MIN);
}

static int fail_unmapped(struct source_bytes *ret, int err)
{
	switch (err) {
	case -EPERM:
		return job_fail(ret, err,
				"BAR 0 cannot be mapped: kernel lockdown (Secure Boot); the "
				"source vfio can read it there");
	case -EINVAL:
		return job_fail(ret, err,
				"BAR 0 cannot be mapped: it is busy, a driver has it "
				"(CONFIG_IO_STRICT_DEVMEM)");
	default:
		return job_fail(ret, err, "BAR 0 cannot be mapped: %s", strerror(-err));
	}
}

/* The job that job_awake() passes to read_awake(), with the card's state before. */
struct prom_job {
	struct source_job j;
	struct source_before before;
};

static int read_awake(const struct source_job *j, struct source_bytes *ret)
{
	const struct prom_job *p = (const struct prom_job *)j;
	struct prom_bar bar;
	int r = map_bar(j->root, j->addr, &bar);

	if (r < 0)
		return fail_unmapped(ret, r);
	r = prom_read(&bar, j, &p->before, ret);
	unmap_bar(&bar);
	return r;
}

int source_read_prom(const struct source_job *j, struct source_bytes *ret)
{
	const struct prom_job p = {.j = *j, .before = job_card_state(j->k, j->addr)};
	struct pci_resource bar0;

	if (j->ids.vendor != PCI_VENDOR_NVIDIA)
		return job_fail(ret, -ENODEV, "only NVIDIA's cards have a flash window");
	if (j->bound)
		return -EBUSY;
	if (pci_resource(j->k, j->addr, PCI_RESOURCE_BAR0, &bar0) < 0 ||
	    !pci_resource_is_memory(&bar0, PROM_BAR_MIN))
		return job_fail(ret, -ENODEV,
				"BAR 0 is no memory of 4 MiB or more that has an address");
	return job_awake(&p.j, ret, read_awake);
}

void prom_put_right_mapped(const struct root *root, struct pci_addr a,
			   const struct source_before *before)
{
	const struct attr_ops k = attr_ops_real(root);
	char driver[PCI_DRIVER_MAX];
	struct prom_bar bar;

	if (!before->prom_register || sysfs_driver(&k, a, driver) < 0 || driver[0] ||
	    map_bar(root, a, &bar) < 0)
		return;
	prom_put_right(&bar, before);
	unmap_bar(&bar);
}
