/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands: each file defines one. Only they and main print or exit. */
#ifndef GPUROM_CMD_CMD_H
#define GPUROM_CMD_CMD_H

#include "host/exit.h"
#include "host/host.h"
#include "sys/config-files.h"
#include "sys/root.h"

#include <stdbool.h>
#include <stdio.h>

/* The options before the command's name: main fills it in, commands read it. */
struct cmd_env {
	struct root root;
	const char *cmdline; /* --cmdline, or NULL: /proc/cmdline */
	bool initramfs;	     /* --initramfs, or the root is one by itself */
};

/* As a shell says of a program that SIGPIPE ended: 128 and the signal's number. The signal itself
 * is ignored, so that a step of a boot, or a change of the store, goes on to its end. */
#define EXIT_NO_READER 141

#define CMD_OPTIONS_MAX 8

struct cJSON;
struct options; /* cmd/options.h: those that a person gave */
struct cmd_option {
	const char *name;
	enum { NO_ARG, ONE_ARG, FORM_ARG } arg; /* FORM_ARG: --json (cmd/json-form.h) */
	char letter; /* 'a' to 'z', its name in the code; no short option */
};

struct cmd {
	const char *name;
	const char *args; /* for the usage line */
	const char *help; /* one line */
	/* Returns an exit status. o has only what the fields below allow. */
	int (*run)(const struct cmd_env *env, const struct options *o);
	bool never_fails; /* a step of a boot: the exit status is 0 whatever it meets */
	struct cmd_option options[CMD_OPTIONS_MAX]; /* as many as have a name */
	struct {
		int least, most;
		const char *needs; /* printed where there are fewer or more; NULL: none are taken */
	} arguments;
	/* Called for each option in turn, with those before it and its value, then once with letter
	 * 0 and all of them. Returns why that is wrong, or NULL. May be NULL itself. */
	const char *(*refuse)(const struct options *before, int letter, const char *word);
};

extern const struct cmd cmd_claim, cmd_capture, cmd_settle, cmd_boot, cmd_commit, cmd_late;
extern const struct cmd cmd_note_image;
extern const struct cmd cmd_list_plain; /* of the initramfs's program */
extern const struct cmd cmd_list, cmd_plan, cmd_report, cmd_show, cmd_trim, cmd_snippet;
extern const struct cmd cmd_dump, cmd_verify, cmd_import, cmd_take, cmd_release;
extern const struct cmd cmd_help, cmd_version;
extern const struct cmd cmd_metrics, cmd_bundle, cmd_doctor;
extern const struct cmd cmd_resolve, cmd_remap, cmd_history, cmd_pin, cmd_forget, cmd_gc;

/* Another name that the program may be called by, and what it does then. */
struct other_name {
	bool (*named)(const char *program); /* program: argv[0] */
	int (*run)(int argc, char **argv);  /* returns the exit status */
};

/* What list, plan and report say of images that are not current (cmd/images.c). host: with its
 * report; NULL: loaded for this. */
struct image_lines {
	/* A line for each kernel whose image is not current, on standard output. */
	void (*print)(const struct cmd_env *env, const struct host *h);
	/* Puts the key "images" into an object, which may be NULL. Returns it; NULL: no memory. */
	struct cJSON *(*add)(const struct cmd_env *env, const struct host *h, struct cJSON *o);
};
extern const struct image_lines image_lines;

/* What the second form of --json needs (cmd/json-form.h). */
struct json_form {
	const char *(*set)(const char *word);
	struct cJSON *(*shape)(struct cJSON *o, const char *key);
};

/* What one program can do; main reads it. A program is linked with one of the files that define it:
 * commands.c, initramfs-commands.c. */
struct commands {
	const struct cmd *const *people, *const *boot; /* in the order of --help; NULL ends each */
	const char *boot_heading;		       /* of the second list there */
	const char *unknown; /* printed right behind a name that is none of them; without advice */
	const struct other_name *other; /* or NULL */
	/* What more there is to say to a person; NULL: nothing, as in an initramfs. */
	const struct advice *advice;
	const struct image_lines *images; /* NULL in an image, which knows of no other */
	const struct json_form *form;	  /* NULL: --json takes no value */
};
extern const struct commands commands;

/* The long texts, which the initramfs's program has no room for: cmd/mistake.c, cmd/help.c. */
struct advice {
	/* Prints c's --help. */
	void (*help)(const struct cmd *c);
	/* No command has this name. Prints that, and which one may be meant. */
	void (*no_command)(const char *name);
	/* word is no option of c, or without its value; c NULL: it stands before the command.
	 * Prints that, and which one may be meant, without a usage line. */
	void (*no_option)(const struct cmd *c, const char *word);
	/* Adds to text, what config_complaint says of c, which key may be meant, if there is one.
	 */
	void (*no_key)(const struct complaint *c, char text[CONFIG_BAD_MAX]);
};
extern const struct advice advice;

#define USAGE_LINE "usage: gpurom [--root DIR] [--initramfs] [--cmdline TEXT] COMMAND [ARG ...]\n"
/* cmd/usage.c: the program's --help. */
void usage_print(FILE *out);
/* The command of this program with that name. NULL: none. */
const struct cmd *usage_find(const char *name);

/* cmd/commit.c: what `gpurom commit` does, for a caller that has the report's lock
 * (boot/late.h). Logs what went wrong. */
void commit_run(const struct root *root);

/* cmd/events.c: says to the journal what the report, as it is after commit_run, has of each card
 * that was to be taken: once a boot. With only, of the card with this address alone, and also what
 * was said before: something was done with it just now. The log has these lines already. */
void card_events(const struct root *root, const struct report *r, const struct pci_addr *only);

/* cmd/rom-parser.c. Prints what awilliam's rom-parser prints of a file, and returns its exit
 * status; the second is for a program that is called by that name. */
int rom_parser_file(const char *path);
extern const struct other_name rom_parser_name;

/* Loads the configuration of env and these parts (enum host_parts). Returns EXIT_DONE, or
 * EXIT_FAILED after printing why; host_free in both cases. */
int cmd_load(const struct cmd_env *env, unsigned parts, struct host *ret);
/* Prints "gpurom: what: why" on stderr. Returns EXIT_FAILED. */
int cmd_fail(const char *what, const char *why) __attribute__((nonnull));
/* The same with c's usage line. Returns EXIT_USAGE. */
int cmd_usage(const struct cmd *c, const char *why);
/* "usage: gpurom NAME ARGS". */
void cmd_usage_line(FILE *to, const struct cmd *c);
/* Writes what standard output still has. Returns r; or, instead of EXIT_DONE, EXIT_FAILED after
 * printing why that cannot be written, or EXIT_NO_READER, in silence, where it is a pipe that
 * nobody reads any more, as with `| head`. */
int cmd_written(int r);

/* Reads a ROM file that a person names. Returns EXIT_DONE (the caller frees *ret), or EXIT_FAILED
 * after printing why. */
int cmd_read_rom(const char *path, uint8_t **ret, size_t *ret_n);
#endif
