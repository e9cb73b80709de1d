"""Judges manifests by their published JSON Schema with the library `jsonschema`.

Reads one object `{"schema": ..., "document": ...}` a line; answers the JSON Pointers at which the
document breaks the schema: an empty list where it keeps it.
"""

import json
import sys

import jsonschema


def judge(case):
    """Answers one document."""
    schema = case["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(case["document"])
    return ["".join(f"/{part}" for part in error.absolute_path) for error in errors]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line))), flush=True)
