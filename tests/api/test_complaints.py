"""What is wrong with a parameter is said in the caller's language."""

from types import SimpleNamespace
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from pydantic import BaseModel, Field, ValidationError

from gis_grid.core.complaints import sentence_of


class Asked(BaseModel):
    text: str = Field("abc", min_length=2, max_length=4)
    number: int = Field(3, ge=1, le=5)
    share: float = Field(0.5, gt=0, lt=1)
    kind: Literal["any", "all"] = "any"
    flag: bool = True
    names: list[str] = Field(["a"], min_length=1, max_length=2)


@pytest.mark.parametrize(
    ("field", "value", "english", "chinese"),
    [
        ("text", "abcde", "Write at most 4 characters.", "最多填写 4 个字符。"),
        ("text", "a", "Write at least 2 characters.", "至少填写 2 个字符。"),
        ("text", 7, "This must be a text.", "此项必须是文字。"),
        ("number", 9, "This must be 5 or less.", "此项不能大于 5。"),
        ("number", 0, "This must be 1 or more.", "此项不能小于 1。"),
        ("number", "x", "This must be a whole number.", "此项必须是整数。"),
        ("share", 1, "This must be less than 1.0.", "此项必须小于 1.0。"),
        ("share", 0, "This must be more than 0.0.", "此项必须大于 0.0。"),
        ("share", "x", "This must be a number.", "此项必须是数字。"),
        ("kind", "x", "This must be one of: any, all.", "此项只能是：any, all。"),
        ("flag", "x", "This must be true or false.", "此项必须是 true 或 false。"),
        ("names", [], "Give at least 1 values.", "至少填写 1 项。"),
        ("names", ["a"] * 3, "Give at most 2 values.", "最多填写 2 项。"),
        ("names", 7, "This can't be read as it is.", "此项的内容无法识别。"),
    ],
)
def test_sentences(field: str, value: object, english: str, chinese: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Asked.model_validate({field: value})
    (complaint,) = caught.value.errors()
    for language, sentence in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert sentence_of(dict(complaint)) == sentence


@pytest.mark.django_db
def test_the_api_answers_in_chinese(cast: SimpleNamespace) -> None:
    page = Client()
    page.force_login(cast.town, backend=settings.AUTHENTICATION_BACKENDS[-1])
    error = page.get("/api/v1/search").json()["error"]
    assert (error["message"], error["details"]["errors"][0]["message"]) == ("缺少此项。",) * 2
    answer = page.get("/api/v1/search", {"q": "长" * 500})
    assert answer.status_code == 422
    assert "个字符" in answer.json()["error"]["message"]
