"""Waits until no other process holds a lock of apt or dpkg: wait_for_apt.py SECONDS."""

import fcntl
import sys
import time

LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
)


def is_held(path: str) -> bool:
    """Tells whether another process has locked the file; a missing file is not locked."""
    try:
        with open(path, "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def main() -> None:
    """Polls once a second, and names what is still locked when the time is over."""
    limit_seconds = int(sys.argv[1])
    deadline = time.monotonic() + limit_seconds
    while held := [path for path in LOCKS if is_held(path)]:
        if time.monotonic() > deadline:
            sys.exit(f"still locked after {limit_seconds} s: {', '.join(held)}")
        time.sleep(1)


if __name__ == "__main__":
    main()
