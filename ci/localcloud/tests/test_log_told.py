"""What is shown of slow work."""

import time

from localcloud.log_told import log_told


def test_the_last_line_is_shown_meanwhile(tmp_path, capsys):
    log = tmp_path / "log"
    shown = ""
    with log_told(log, 0.01):
        log.write_text("first\nlast step\n\n")
        deadline = time.monotonic() + 60
        while "s: last step\n" not in shown and time.monotonic() < deadline:
            time.sleep(0.01)
            shown += capsys.readouterr().err
    assert "s: last step\n" in shown
    assert "s: first" not in shown


def test_quick_work_shows_nothing(tmp_path, capsys):
    with log_told(tmp_path / "none"):
        pass
    assert capsys.readouterr().err == ""
