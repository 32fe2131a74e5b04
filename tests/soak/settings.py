"""The product's settings, with the files of a soak beside its own database and nobody else's."""

from gis_grid.config import settings as product

vars().update({name: value for name, value in vars(product).items() if name.isupper()})
MEDIA_ROOT = product.BASE_DIR / "var" / "soak-media"
