"""Arrays as parameters of statements that run thousands of times."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def text_array(*texts: str) -> str:
    """Texts as PostgreSQL writes an array: the driver takes long to adapt a list each time."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
