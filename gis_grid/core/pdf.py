"""A PDF of one of our own pages for paper."""

from collections.abc import Mapping
from typing import Any

from django.contrib.staticfiles import finders


def pdf_of(page: str, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF of the page by the style sheet of paper; nothing else is read for it, from nowhere.

    `pictures` are JPEGs by the address (`picture:1`) at which the page has them.
    """
    # Its libraries take half a second to load, and only this needs them.
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Given(URLFetcher):  # type: ignore[misc]  # the library has no types
        """Only what was handed over."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in (pictures or {}):
                raise ValueError(f"Not read for a PDF: {url}")
            body = (pictures or {})[url]
            return URLFetcherResponse(url, body, headers={"Content-Type": "image/jpeg"})

    given = Given()
    style = weasyprint.CSS(filename=finders.find("css/paper.css"), url_fetcher=given)
    document = weasyprint.HTML(string=page, url_fetcher=given)
    made: bytes = document.write_pdf(stylesheets=[style])
    return made
