"""The product's settings, with the files of a site for the browser in a folder of its own."""

import os
from pathlib import Path

from gis_grid.config import settings as product

vars().update({name: value for name, value in vars(product).items() if name.isupper()})
MEDIA_ROOT = Path(os.environ["BROWSER_TEST_MEDIA"])
