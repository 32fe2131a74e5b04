"""A PDF of one of our own pages for paper."""

from collections.abc import Mapping
from typing import Any

from django.contrib.staticfiles import finders


class _Given:
    """What the library fetches by: only what was handed over, from nowhere else."""

    # Asked by the library where a fetch has failed: a picture that is missing is left out.
    _fail_on_errors = False

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def __call__(self, url: str) -> Any:
        from weasyprint.urls import URLFetcherResponse

        if url not in self._pictures:
            raise ValueError(f"Not read for a PDF: {url}")
        return URLFetcherResponse(url, self._pictures[url], headers={"Content-Type": "image/jpeg"})


def pdf_of(page: str, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF of the page by the style sheet of paper; nothing else is read for it, from nowhere.

    `pictures` are JPEGs by the address (`picture:1`) at which the page has them.
    """
    # Its libraries take half a second to load, and only this needs them.
    import weasyprint

    given = _Given(pictures or {})
    style = weasyprint.CSS(filename=finders.find("css/paper.css"), url_fetcher=given)
    document = weasyprint.HTML(string=page, url_fetcher=given)
    made: bytes = document.write_pdf(stylesheets=[style])
    return made
