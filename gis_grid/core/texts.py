"""Text that people give: kept as it was written, without what no page, file or database holds."""

import re
from typing import Annotated

from pydantic import AfterValidator

# Of the control characters only the tab and the ends of lines mean something.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def tidy(text: str) -> str:
    """The text without control characters: PostgreSQL holds no NUL, Excel none of them."""
    return _CONTROL.sub("", text)


# A text in a schema of the API.
Text = Annotated[str, AfterValidator(tidy)]
