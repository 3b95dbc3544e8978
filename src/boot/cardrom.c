#include "boot/cardrom.h"

#include "sys/json-fields.h"

#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static cJSON *finding_make(const struct finding *f)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "code", f->code);
	json_put_text(&w, "severity", finding_severity_text(f->severity));
	json_put_text(&w, "text", f->text);
	return json_done(&w);
}

static cJSON *attempt_make(const struct rom_attempt *a)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "source", a->source);
	json_put_text(&w, "outcome", a->outcome);
	json_put_u64(&w, "size", a->size);
	json_put_text(&w, "verdict", verdict_text(a->verdict));
	json_put_u64(&w, "us", a->us);
	return json_done(&w);
}

cJSON *cardrom_make(const struct rom_reading *r)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	cJSON *findings = cJSON_CreateArray(), *attempts = cJSON_CreateArray();

	json_put_bool(&w, "tried", r->tried);
	json_put_text(&w, "source", r->source);
	json_put_text(&w, "outcome", r->outcome);
	json_put_text(&w, "verdict", verdict_text(r->verdict));
	for (size_t i = 0; i < r->findings.n && i < FINDINGS_MAX; i++)
		json_push(&w, findings, finding_make(&r->findings.f[i]));
	json_put(&w, "findings", findings);
	for (size_t i = 0; i < r->n_attempts && i < ROM_ATTEMPTS_MAX; i++)
		json_push(&w, attempts, attempt_make(&r->attempt[i]));
	json_put(&w, "attempts", attempts);
	json_put_u64(&w, "raw_size", r->raw_size);
	json_put_u64(&w, "size", r->rom_size);
	json_put_text(&w, "raw_sha256", r->raw_sha256);
	json_put_text(&w, "sha256", r->sha256);
	json_put_text(&w, "version", r->version);
	json_put_text(&w, "sign_on", r->sign_on);
	json_put_bool(&w, "has_efi", r->has_efi);
	json_put_u64(&w, "read_us", r->read_us);
	return json_done(&w);
}

static int finding_read(const cJSON *o, struct finding *f)
{
	const char *words[] = {finding_severity_text(FINDING_NOTE),
			       finding_severity_text(FINDING_WARN),
			       finding_severity_text(FINDING_FATAL)};
	struct json_reader r = {.o = o};
	unsigned severity = FINDING_NOTE;

	json_get_text(&r, "code", f->code, sizeof(f->code));
	if (!f->code[0])
		return -EBADMSG;
	json_get_word(&r, "severity", words, COUNT(words), &severity);
	f->severity = (enum finding_severity)severity;
	json_get_text(&r, "text", f->text, sizeof(f->text));
	return r.err;
}

static int findings_read(const cJSON *a, struct findings *ret)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, a)
	{
		int err = finding_read(o, &ret->f[ret->n]);

		if (err)
			return err;
		ret->n++;
	}
	return 0;
}

static int attempt_read(const cJSON *o, struct rom_attempt *a)
{
	struct json_reader r = {.o = o};
	uint64_t size = 0;

	json_get_text(&r, "source", a->source, sizeof(a->source));
	json_get_text(&r, "outcome", a->outcome, sizeof(a->outcome));
	json_get_u64(&r, "size", ROM_FILE_MAX, &size);
	a->size = (size_t)size;
	json_get_verdict(&r, &a->verdict);
	json_get_unsigned(&r, "us", &a->us);
	return cJSON_IsObject(o) ? r.err : -EBADMSG;
}

static int attempts_read(const cJSON *a, struct rom_reading *b)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, a)
	{
		int err = attempt_read(o, &b->attempt[b->n_attempts]);

		if (err)
			return err;
		b->n_attempts++;
	}
	return 0;
}

int cardrom_read(const cJSON *o, struct rom_reading *b)
{
	struct json_reader r = {.o = o};
	uint64_t raw_size = 0, rom_size = 0;
	int err;

	json_get_bool(&r, "tried", &b->tried);
	json_get_text(&r, "source", b->source, sizeof(b->source));
	json_get_text(&r, "outcome", b->outcome, sizeof(b->outcome));
	json_get_verdict(&r, &b->verdict);
	err = findings_read(json_get_array(&r, "findings", FINDINGS_MAX), &b->findings);
	if (!err)
		err = attempts_read(json_get_array(&r, "attempts", ROM_ATTEMPTS_MAX), b);
	json_get_u64(&r, "raw_size", ROM_FILE_MAX, &raw_size);
	json_get_u64(&r, "size", ROM_FILE_MAX, &rom_size);
	b->raw_size = (size_t)raw_size;
	b->rom_size = (size_t)rom_size;
	json_get_sha256(&r, "raw_sha256", b->raw_sha256);
	json_get_sha256(&r, "sha256", b->sha256);
	json_get_text(&r, "version", b->version, sizeof(b->version));
	json_get_text(&r, "sign_on", b->sign_on, sizeof(b->sign_on));
	json_get_bool(&r, "has_efi", &b->has_efi);
	json_get_unsigned(&r, "read_us", &b->read_us);
	return err ? err : r.err;
}
