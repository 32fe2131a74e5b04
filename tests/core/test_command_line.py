"""Commands speak Chinese, also where argparse answers; a refusing database is a sentence."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit_verify", "--anchor", "1:ab"], "参数 --anchor：1:ab：请写成 SEQ:HASH"),
        (["audit_verify", "--anchor"], "参数 --anchor：需要一个值"),
        (["audit_verify", "--nonsense"], "无法识别的参数：--nonsense"),
        (["user_disable"], "缺少必需的参数：user"),
        (["token_create", "x", "--days", "two"], "参数 --days：不是有效的 int 值：'two'"),
        (["role_end", "x", "--on", "soon"], "日期请写成 2026-11-22"),
    ],
)
def test_a_mistyped_command_is_told_in_chinese(arguments: list[str], said: str) -> None:
    outcome = subprocess.run(  # noqa: S603 our own commands
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 2
    assert said in outcome.stderr
    assert "用法：" in outcome.stderr
    assert "error" not in outcome.stderr
