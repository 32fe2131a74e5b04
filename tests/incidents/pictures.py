"""Pictures to attach."""

import io

from PIL import Image


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()
