// SPDX-License-Identifier: GPL-2.0-or-later
#include "session.h"

#include <errno.h>
#include <linux/vfio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX (1u << 20) /* what both sides may put into one read or write by default */
#define REPLY_HEADROOM 64
#define FDS_MAX 64

enum command {
	CMD_VERSION = 1,
	CMD_DMA_MAP = 2,
	CMD_DMA_UNMAP = 3,
	CMD_DEVICE_INFO = 4,
	CMD_REGION_INFO = 5,
	CMD_IRQ_INFO = 7,
	CMD_SET_IRQS = 8,
	CMD_REGION_READ = 9,
	CMD_REGION_WRITE = 10,
	CMD_RESET = 13,
};

enum { FLAG_REPLY = 1, FLAG_NO_REPLY = 0x10, FLAG_ERROR = 0x20 };

struct header {
	uint16_t id;
	uint16_t command;
	uint32_t size; /* of the whole message */
	uint32_t flags;
	uint32_t error;
};

struct access {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
};

/* A message's payload, which its answer replaces. */
struct payload {
	uint8_t *bytes; /* MESSAGE_MAX + REPLY_HEADROOM of them */
	size_t size;
	int fd; /* goes with the answer; the card's own; -1: none */
};

static int read_all(int socket, void *to, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = recv(socket, (char *)to + done, size - done, 0);

		if (n == 0)
			return -ECONNRESET;
		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static void close_passed_fds(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		int fd;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			close(fd);
		}
	}
}

/* The header comes with the descriptors of guest memory and interrupts, none of which is wanted. */
static int read_header(int socket, struct header *ret)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct iovec part = {.iov_base = ret, .iov_len = sizeof(*ret)};
	struct msghdr msg = {.msg_iov = &part,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(socket, &msg, 0);

	if (n < 0)
		return -errno;
	if (n == 0)
		return -ECONNRESET;
	close_passed_fds(&msg);
	return read_all(socket, (char *)ret + n, sizeof(*ret) - (size_t)n);
}

static int write_all(int socket, void *from, size_t size, int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct cmsghdr *c = (struct cmsghdr *)control;
	struct iovec part = {.iov_base = from, .iov_len = size};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (fd >= 0) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
	}
	while (part.iov_len) {
		ssize_t n = sendmsg(socket, &msg, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			continue;
		part.iov_base = (char *)part.iov_base + n;
		part.iov_len -= (size_t)n;
		msg.msg_controllen = 0; /* it went with the first byte */
	}
	return 0;
}

static int answer_version(struct payload *p)
{
	static const char capabilities[] = "{\"capabilities\":{\"max_msg_fds\":1}}";

	/* major and minor stay as proposed; the rest is JSON with its NUL */
	memset(p->bytes, 0, 4);
	memcpy(p->bytes + 4, capabilities, sizeof(capabilities));
	p->size = 4 + sizeof(capabilities);
	return 0;
}

static int answer_device_info(struct payload *p)
{
	const uint32_t info[] = {16, VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
				 VFIO_PCI_NUM_REGIONS, VFIO_PCI_NUM_IRQS};

	memcpy(p->bytes, info, sizeof(info));
	p->size = sizeof(info);
	return 0;
}

struct mapped_region_info {
	struct vfio_region_info info;
	struct vfio_info_cap_header header;
	uint32_t areas, reserved; /* vfio_region_info_cap_sparse_mmap, with one area */
	struct vfio_region_sparse_mmap_area area;
};

/* Tells what part of the BAR may be mapped, and sends its memory along. */
static void add_mapping(struct payload *p, const struct card_bar *bar)
{
	struct mapped_region_info m;

	memset(&m, 0, sizeof(m));
	memcpy(&m.info, p->bytes, sizeof(m.info));
	m.info.argsz = sizeof(m);
	m.info.flags |= VFIO_REGION_INFO_FLAG_MMAP | VFIO_REGION_INFO_FLAG_CAPS;
	m.info.cap_offset = offsetof(struct mapped_region_info, header);
	m.header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	m.header.version = 1;
	m.areas = 1;
	m.area.offset = bar->plain_offset;
	m.area.size = bar->plain_size;
	memcpy(p->bytes, &m, sizeof(m));
	p->size = sizeof(m);
	p->fd = bar->fd;
}

static int answer_region_info(struct payload *p, const struct card_function *fn)
{
	const struct card_bar *bar;
	struct vfio_region_info info;
	uint32_t room;

	if (p->size < sizeof(info))
		return -EINVAL;
	memcpy(&info, p->bytes, sizeof(info));
	bar = card_region_bar(fn, info.index);
	room = info.argsz;
	info.argsz = sizeof(info);
	info.size = card_region_size(fn, info.index);
	info.flags = info.size ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0;
	info.cap_offset = 0;
	info.offset = 0;
	memcpy(p->bytes, &info, sizeof(info));
	p->size = sizeof(info);
	if (!bar || bar->fd < 0)
		return 0;
	add_mapping(p, bar);
	if (room < p->size) { /* the whole size is told; they ask again with room for it */
		p->size = sizeof(info);
		p->fd = -1;
	}
	return 0;
}

static int answer_irq_info(struct payload *p)
{
	struct vfio_irq_info info;

	if (p->size < 16)
		return -EINVAL;
	memcpy(&info, p->bytes, 16);
	info.argsz = 16;
	info.count = info.index == VFIO_PCI_INTX_IRQ_INDEX;
	info.flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	memcpy(p->bytes, &info, 16);
	p->size = 16;
	return 0;
}

static int answer_access(struct payload *p, struct card_function *fn, bool write)
{
	struct access a;
	uint8_t *data = p->bytes + sizeof(a);
	int err;

	if (p->size < sizeof(a))
		return -EINVAL;
	memcpy(&a, p->bytes, sizeof(a));
	if (a.count > MESSAGE_MAX || (write && a.count > p->size - sizeof(a)))
		return -EINVAL;
	err = write ? card_write(fn, a.region, a.offset, data, a.count)
		    : card_read(fn, a.region, a.offset, data, a.count);
	p->size = sizeof(a) + (write ? 0 : a.count);
	return err;
}

/* 0, or -errno for the other side to hear. */
static int answer(uint16_t command, struct payload *p, struct card_function *fn)
{
	switch (command) {
	case CMD_VERSION:
		return answer_version(p);
	case CMD_DMA_UNMAP:
		return 0; /* answered with the request's own bytes */
	case CMD_DEVICE_INFO:
		return answer_device_info(p);
	case CMD_REGION_INFO:
		return answer_region_info(p, fn);
	case CMD_IRQ_INFO:
		return answer_irq_info(p);
	case CMD_REGION_READ:
	case CMD_REGION_WRITE:
		return answer_access(p, fn, command == CMD_REGION_WRITE);
	case CMD_RESET:
		card_reset(fn);
		p->size = 0;
		return 0;
	case CMD_DMA_MAP:
	case CMD_SET_IRQS:
		p->size = 0;
		return 0;
	default:
		return -ENOTSUP;
	}
}

static int serve(int socket, struct header *h, struct payload *p, struct card_function *fn)
{
	int err = answer(h->command, p, fn);

	if (h->flags & FLAG_NO_REPLY)
		return 0;
	h->flags = FLAG_REPLY | (err ? FLAG_ERROR : 0);
	h->error = (uint32_t)-err;
	h->size = (uint32_t)(sizeof(*h) + (err ? 0 : p->size));
	memcpy(p->bytes - sizeof(*h), h, sizeof(*h));
	return write_all(socket, p->bytes - sizeof(*h), h->size, err ? -1 : p->fd);
}

int session_serve_one(int socket, struct card_function *fn)
{
	static uint8_t message[sizeof(struct header) + MESSAGE_MAX + REPLY_HEADROOM];
	struct payload p = {.bytes = message + sizeof(struct header), .fd = -1};
	struct header h;
	int err = read_header(socket, &h);

	if (err)
		return err;
	if (h.size < sizeof(h) || h.size > sizeof(message))
		return -EPROTO;
	p.size = h.size - sizeof(h);
	err = read_all(socket, p.bytes, p.size);
	if (err)
		return err;
	return serve(socket, &h, &p, fn);
}
