"""Words of the wizard: formats, systems of coordinates, why one was guessed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_grid.exchange.incoming import datum

FORMATS = {
    "xlsx": gettext_lazy("Excel workbook"),
    "csv": gettext_lazy("CSV table"),
    "gpkg": "GeoPackage",
    "shp": gettext_lazy("Shapefile in a zip"),
    "geojson": "GeoJSON",
    "kml": "KML",
    "kmz": "KMZ",
    "gpx": "GPX",
    "wkt": gettext_lazy("CSV with shapes (WKT)"),
}
REASONS = {
    "ovital": gettext_lazy("奥维 (Ovital) wrote the file: its places are those of web maps."),
    "declared": gettext_lazy("The file says so itself."),
    "declared_elsewhere": gettext_lazy("The file says so, but then it lies outside your area."),
    "contradicted": gettext_lazy(
        "The file says another one, but in that it would lie outside your area."
    ),
    "nowhere": gettext_lazy("In no system that is known does it lie in your area."),
    "degrees": gettext_lazy("The numbers are degrees."),
    "metres": gettext_lazy("The numbers are metres, and lie in your area so."),
    "zone_number": gettext_lazy("The number of the zone stands before the eastings."),
    "swapped": gettext_lazy("Longitude and latitude, or east and north, are swapped."),
    "gpx": gettext_lazy("Devices write GPX in WGS 84."),
    "kml": gettext_lazy("KML is to be WGS 84; programs with Chinese maps often write GCJ-02."),
    "none_seen": gettext_lazy("None of the first rows has a place."),
    "remembered": gettext_lazy("The last file of this layout was in it."),
}


def datum_label(name: str) -> str:
    """What a person calls a system of coordinates."""
    base = name.removesuffix(datum.SWAPPED)
    zone = datum.zones().get(base)
    plain = {
        "wgs84": _("WGS 84 (GPS)"),
        "cgcs2000": _("CGCS2000, degrees"),
        "gcj02": _("GCJ-02 (高德, 腾讯, 奥维)"),
        "bd09": _("BD-09 (百度)"),
        "epsg:3857": _("Web Mercator, metres"),
    }
    label = f"CGCS2000 {zone}" if zone else plain.get(base, base.upper())
    if name.endswith(datum.SWAPPED):
        label += " · " + _("axes swapped")
    return label


def datum_choices(likely: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """All systems, those that are likely first."""
    every = [*datum.DEGREES, *datum.zones(), "epsg:3857"]
    swapped = [name + datum.SWAPPED for name in every]
    groups = [
        (_("Likely"), likely),
        (_("Degrees and zones"), [one for one in every if one not in likely]),
        (_("Axes swapped"), [one for one in swapped if one not in likely]),
    ]
    return [(title, [(one, datum_label(one)) for one in names]) for title, names in groups if names]
