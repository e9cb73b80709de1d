"""Lets `python -m localcloud` be the command."""

import sys

from localcloud.cli import main

sys.exit(main())
