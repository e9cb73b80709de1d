"""Lets `python -m localcloud` be the command."""

import signal
import sys

from localcloud.cli import main

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

for number in SIGNALS:
    # An `up` that is interrupted ends the server that it was starting.
    signal.signal(number, lambda received, _: sys.exit(128 + received))
sys.exit(main())
