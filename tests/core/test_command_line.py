"""A command whose database refuses it says so in a sentence."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


def test_a_refused_login_is_a_sentence() -> None:
    outcome = subprocess.run(
        [sys.executable, "manage.py", "user_disable", "nobody"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": refused(settings.DATABASE_URL)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode != 0
    assert "Traceback" not in outcome.stderr
    assert "bin/run" in outcome.stderr


def refused(url: str) -> str:
    """The address of an account that the server does not know."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"nobody:wrong@{parts.netloc.rpartition('@')[2]}").geturl()
