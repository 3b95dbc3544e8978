#include "store/record-file.h"

#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_MODE 0644
#define RECORD_CORRUPT_TRIES 1000
#define ASIDE RECORD_FILE ".corrupt-"

int record_load(int store, struct record *ret)
{
	uint8_t *text;
	size_t n;
	int err = file_read_plain(store, RECORD_FILE, RECORD_FILE_MAX, &text, &n);

	if (err == -ENOENT)
		return record_empty(ret);
	if (err)
		return err == -ELOOP || err == -EINVAL || err == -EFBIG ? -EBADMSG : err;
	return record_parse(text, n, ret);
}

/* The first name that is free; the caller holds the store's lock. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret)
{
	struct stat st;

	for (unsigned i = 1; i <= RECORD_CORRUPT_TRIES; i++) {
		snprintf(ret_name, RECORD_ASIDE_MAX, ASIDE "%u", i);
		if (fstatat(store, ret_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (errno != ENOENT || renameat(store, RECORD_FILE, store, ret_name) < 0)
			return -errno;
		return record_empty(ret);
	}
	return -EEXIST;
}

int record_aside(int store, char ret_name[RECORD_ASIDE_MAX])
{
	int fd = openat(store, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int err;

	*ret_name = '\0';
	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!*ret_name && (errno = 0, e = readdir(d)))
		if (strncmp(e->d_name, ASIDE, strlen(ASIDE)) == 0)
			snprintf(ret_name, RECORD_ASIDE_MAX, "%.*s", RECORD_ASIDE_MAX - 1,
				 e->d_name);
	err = *ret_name ? 0 : -errno;
	closedir(d);
	return err;
}

/* The first older one stays: what is upgraded later was an older gpurom's, put back over it. */
static int keep_older(int store, const struct record *r)
{
	int err = r->older ? file_publish_new(store, RECORD_OLDER_FILE, r->text, r->n, RECORD_MODE)
			   : 0;

	return err == -EEXIST ? 0 : err;
}

int record_save(int store, const struct record *r)
{
	char *text = cJSON_Print(r->o);
	size_t n;
	int err;

	if (!text)
		return -ENOMEM;
	n = strlen(text);
	text[n++] = '\n'; /* over the NUL: the bytes are counted from here */
	if (r->text && r->n == n && memcmp(r->text, text, n) == 0) {
		err = dir_sync(store);
	} else {
		err = keep_older(store, r);
		if (!err)
			err = file_publish(store, RECORD_FILE, text, n, RECORD_MODE);
	}
	free(text);
	return err;
}
