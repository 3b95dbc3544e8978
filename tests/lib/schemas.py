#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schemas.py SCHEMAS FOLDER: validates what gpurom printed with --json.

SCHEMAS is etc/schema. FOLDER has two files for each output, which recorded() of tests/cli/lib.bash writes: NAME, and
NAME.args with the exit status and the arguments. Prints what is wrong, a line each; exit status 1 where anything is.
An output whose status is 2 (usage), or that is empty where the status is not 0, is none.

schemas.py --keys SCHEMAS: prints "COMMAND KEY" for each key of each schema.
"""

import json
import os
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # of RefResolver, which Debian 12's jsonschema needs
import jsonschema  # noqa: E402

SHOWN_MAX = 20


def load_schemas(folder):
    """Each schema by its file's name without ".json"."""
    schemas = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            schemas[name.removesuffix(".json")] = json.load(f)
        jsonschema.Draft202012Validator.check_schema(schemas[name.removesuffix(".json")])
    return schemas


def validators(schemas):
    """A validator for each schema. A reference to another file means the one beside it."""
    base = "file:///"
    store = {f"{base}{name}.json": schema for name, schema in schemas.items()}
    made = {}
    for name, schema in schemas.items():
        resolver = jsonschema.RefResolver(f"{base}{name}.json", schema, store=store)
        made[name] = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return made


def command_of(args):
    """The first word that is neither an option of gpurom's nor --root's folder."""
    words = iter(args.split())
    for word in words:
        if word == "--root" or word == "--cmdline":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def deepest(error):
    """Of a schema with alternatives, what is wrong in the one that fits best."""
    return jsonschema.exceptions.best_match([error]) or error


def wrong(text, name, known):
    """Why the output of that command is wrong, or None."""
    if name not in known:
        return "no schema for this command"
    try:
        value = json.loads(text)
    except ValueError as error:
        return f"no JSON: {error}"
    error = jsonschema.exceptions.best_match(known[name].iter_errors(value))
    if not error:
        return None
    return f"{deepest(error).json_path}: {error.message[:300]}"


def validate(schemas, folder):
    known = validators(schemas)
    faults, seen = 0, {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".args"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
            status, _, args = f.read().rstrip("\n").partition(" ")
        with open(os.path.join(folder, name.removesuffix(".args")), "rb") as f:
            text = f.read()
        if status == "2" or (status != "0" and not text.strip()):
            continue
        command = command_of(args)
        if (command, text) not in seen:
            seen[command, text] = wrong(text, command, known)
        if seen[command, text]:
            faults += 1
            if faults <= SHOWN_MAX:
                print(f"gpurom {args}: {seen[command, text]}")
    return faults


def keys_of(schema):
    """Every key that an object of it may have."""
    if isinstance(schema, dict):
        for word, part in schema.items():
            if word == "properties":
                yield from part
                for value in part.values():
                    yield from keys_of(value)
            else:
                yield from keys_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys_of(part)


def main():
    if sys.argv[1] == "--keys":
        for name, schema in load_schemas(sys.argv[2]).items():
            for key in sorted(set(keys_of(schema))):
                print(name, key)
        return 0
    return 1 if validate(load_schemas(sys.argv[1]), sys.argv[2]) else 0


sys.exit(main())
