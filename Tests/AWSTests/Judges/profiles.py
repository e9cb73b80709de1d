"""Judges the reading of AWS's shared files by botocore's own loader.

Reads one JSON string (a file's text) a line; answers its sections as botocore reads them, or null
where botocore refuses the file.
"""

import json
import os
import sys
import tempfile

import botocore.configloader
import botocore.exceptions


def judge(text):
    """Answers one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        try:
            return botocore.configloader.raw_config_parse(path)
        except botocore.exceptions.ConfigParseError:
            return None


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line))), flush=True)
