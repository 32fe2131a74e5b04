"""Numbers stand as official statistics write them, in both languages."""

import pytest
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("written", ["{{ n|intcomma }}", '{{ n|floatformat:"0g" }}'])
def test_thousands_stand_apart(language: str, written: str) -> None:
    with translation.override(language):
        page = Template("{% load humanize %}" + written)
        assert page.render(Context({"n": 12_345_678})) == "12,345,678"
        assert page.render(Context({"n": 895})) == "895"
