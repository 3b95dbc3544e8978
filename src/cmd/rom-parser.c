// SPDX-License-Identifier: GPL-2.0-or-later
/* rom-parser's command line: everything on standard output, exit status 0 or 255. Unlike that tool
 * it opens the file read-only. */
#include "cmd/cmd.h"
#include "rom/rom.h"
#include "rom/rom-parser.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ROM_PARSER_FAILED = 255 };

static int print_error(const char *what, int err)
{
	printf("Unable to %s ROM file: %s\n", what, strerror(err));
	return ROM_PARSER_FAILED;
}

static int parse(const char *path)
{
	struct bytes file;
	struct stat st;
	uint8_t *p;
	int r;

	if (stat(path, &st) < 0)
		return print_error("stat", errno);
	if (st.st_size == 0) {
		puts("Error, zero sized ROM file");
		return ROM_PARSER_FAILED;
	}
	r = file_read(AT_FDCWD, path, ROM_FILE_MAX, &p, &file.n);
	if (r < 0)
		return print_error(r == -EFBIG || r == -ENOMEM ? "mmap" : "open", -r);
	file.p = p;
	r = romparser_print(file, stdout) ? ROM_PARSER_FAILED : EXIT_DONE;
	free(p);
	return r;
}

/* Its own status where it could write. */
static int written(int r)
{
	int w = cmd_written(EXIT_DONE);

	return w == EXIT_DONE ? r : w;
}

int rom_parser_file(const char *path)
{
	return written(parse(path));
}

static bool is_rom_parser(const char *program)
{
	const char *last = program ? strrchr(program, '/') : NULL;

	return program && strcmp(last ? last + 1 : program, "rom-parser") == 0;
}

static int run(int argc, char **argv)
{
	if (argc == 2)
		return rom_parser_file(argv[1]);
	printf("usage: %s [ROM image file]\n", argv[0]);
	return written(EXIT_DONE);
}

const struct other_name rom_parser_name = {.named = is_rom_parser, .run = run};
