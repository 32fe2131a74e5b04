"""Why a file as a whole can't be taken: codes of the parsers, as sentences."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_grid.core.errors import InputError, TooLargeError

_TEXTS = {
    "missing": _("There is no file %(name)s. Check the name and the folder."),
    "not_a_file": _("%(name)s is a folder or a device, not a file. Name the file itself."),
    "link": _("%(name)s is a link to another file. Name the file itself."),
    "not_a_path": _("Names that begin with /vsi are not taken. Copy the file here and name it."),
    "empty_file": _("%(name)s is empty (0 bytes). Save or copy it again."),
    "too_large": _("The file is larger than %(most)d MB. Split it, for example one file a town."),
    "too_much_memory": _(
        "Reading the file takes more memory than is allowed. Split it, for example one file a town."
    ),
    "too_much_work": _(
        "Reading the file took longer than is allowed, and was stopped. It is damaged, or made"
        " to do harm. Save it again from the program that it comes from."
    ),
    "parser_died": _(
        "The file made the reader break off. It is damaged, or made to do harm."
        " Save it again from the program that it comes from."
    ),
    "unreadable": _(
        "The file can't be read (%(reason)s). Save it again from the program that it comes from."
    ),
    "password": _(
        "The workbook is protected by a password. Open it in Excel or WPS, take the password"
        " away (File, Info, Protect), save it and try again."
    ),
    "old_excel": _(
        "This is a workbook of the old kind (.xls, .et)."
        " Open it in Excel or WPS and save it as .xlsx."
    ),
    "not_a_workbook": _("This is a zip file, but no .xlsx workbook. Save the table as .xlsx."),
    "not_a_table": _(
        "This is neither an .xlsx workbook nor a CSV text in UTF-8 or GB18030."
        " Save the table as .xlsx."
    ),
    "bad_csv": _(
        "The CSV text breaks off near line %(row)d: a quotation mark is not closed, or a cell is"
        " too long. Mend that line, or save the table as .xlsx."
    ),
    "broken_zip": _("The file is damaged or not complete. Copy or save it again."),
    "bad_xml": _(
        "The file is damaged: %(member)s can't be read from line %(line)d on. Save it again."
    ),
    "entities": _(
        "The workbook holds a document type with entities, which no office program writes."
        " It is refused as harmful."
    ),
    "gpx_hostile": _(
        "The GPX file holds a document type or entities, which no device writes."
        " It is refused as harmful."
    ),
    "gpx_broken": _("This is no GPX file (%(reason)s). Export the track again as GPX."),
    "gpx_empty": _("The GPX file holds no track with times. Export the track, not the route."),
    "gpx_points": _("The GPX file holds more than %(most)d places. Export only the day's track."),
    "xml_hostile": _(
        "The file holds a document type or entities, which no map program writes."
        " It is refused as harmful."
    ),
    "xml_broken": _("The file breaks off or is damaged (%(reason)s). Export it again."),
    "zip_members": _("The file holds more than %(most)d parts. It is refused as harmful."),
    "zip_bomb": _(
        "Unpacked, the file would be out of all proportion to its size. It is refused as harmful."
        " If it is a real table: copy the filled rows into a new workbook."
    ),
    "zip_path": _(
        "The zip holds a name that leads out of it (%(name)s). It is refused as harmful."
    ),
    "far_cell": _(
        "There is a cell far out at %(cell)s; only %(most)d columns are read, from left to right."
        " Delete the columns behind the table (select them, delete, save)."
    ),
    "bad_row": _(
        "In the sheet “%(sheet)s” a row bears the number %(row)s after row %(after)d, which no"
        " office program writes. Open the file in Excel or WPS and save it again."
    ),
    "too_many_columns": _("Line %(row)d has more than %(most)d columns. Is the separator right?"),
    "too_many_rows": _("The table has more than %(most)d rows. Split it."),
    "no_header": _(
        "No row among the first ten of the sheet “%(sheet)s” names the columns. Needed:"
        " %(needed)s. Found: %(found)s."
    ),
    "no_sheet": _(
        "No sheet of the file is the table “%(wanted)s”. It needs the columns %(needed)s."
        " Sheets found: %(found)s."
    ),
    "column_twice": _(
        "In the sheet “%(sheet)s” two columns, %(first)s and %(second)s, say the same."
        " Delete one of them."
    ),
    "not_a_map": _(
        "This is no file of boundaries: a GeoPackage (.gpkg), a GeoJSON or a zipped Shapefile"
        " is needed."
    ),
    "ovital_own": _(
        "This is a file of 奥维's own (.ovobj, .ovjsn), which only 奥维 reads. Export the same"
        " objects there as KML (.kml or .ovkml), and load that."
    ),
    "packed": _(
        "This is a packed file (.rar, .7z, .gz). Unpack it, and load what is inside; a Shapefile"
        " packed as .zip."
    ),
    "drawing": _(
        "This is a drawing of a CAD program (.dwg, .dxf). Ask whoever made it for a Shapefile or a"
        " GeoPackage."
    ),
    "project": _(
        "This is a project or a style of a map program, which holds no data. Open it there and"
        " export the layer as GeoPackage (QGIS: Export, Save Features As)."
    ),
    "other_map": _(
        "Files of this map program are not read here. Open it in QGIS and export the layer as"
        " GeoPackage (Export, Save Features As)."
    ),
    "picture": _(
        "This is a picture or a PDF, not a table. Load the workbook or the map that it was made of."
    ),
    "other_office": _(
        "This is a document of another kind (.ods, .docx, .pptx). Save the table as .xlsx and load"
        " that."
    ),
    "wkt_broken": _(
        "Line %(row)d: the shape is no WKT of a point, line or polygon. Export the layer again."
    ),
    "shp_alone": _(
        "A Shapefile is several files. Put .shp, .shx, .dbf and .prj into one zip and load that."
    ),
    "shp_parts": _("The zip lacks %(missing)s. Put .shp, .shx, .dbf and .prj into it."),
    "shp_none": _("There is no Shapefile (.shp) in the zip."),
    "which_layer": _("The file has several layers: %(layers)s. Say which with --layer."),
    "no_layer": _("The file has no layer %(layer)s. It has: %(layers)s."),
    "no_features": _("The layer %(layer)s is empty."),
    "json_broken": _("The GeoJSON breaks off at line %(line)d, column %(column)d: %(reason)s."),
    "json_kind": _("The GeoJSON is a %(type)s; a FeatureCollection is needed."),
    "json_features": _("The GeoJSON has no list of features. Export the layer again."),
    "json_feature": _(
        "Member %(feature)d of the GeoJSON is no feature. Export the layer again, as features."
    ),
    "json_geometry": _(
        "Feature %(feature)d of the GeoJSON has a geometry without coordinates."
        " Draw it, or delete the feature."
    ),
    "json_depth": _("The GeoJSON is nested more than %(most)d deep. It is refused as harmful."),
    "json_number": _("The GeoJSON holds %(value)s where a coordinate should be."),
    "huge_feature": _("A feature of the file has more than %(most)d vertices. Simplify it."),
    "place_not_finite": _(
        "Feature %(feature)d has a coordinate that is no number. Mend or delete it."
    ),
    "map_utf16": _("The map is written in UTF-16. Save it as UTF-8."),
    "too_many_vertices": _("Feature %(feature)d has more than %(most)d vertices. Simplify it."),
    "too_many_features": _("The layer has more than %(most)d features. Split it."),
    "crs_missing": _(
        "The file does not say which coordinate system it is in. Ask whoever made it, and say it"
        " with --crs; for example --crs EPSG:4490 for CGCS2000 in degrees, or"
        " --crs EPSG:4547 for CGCS2000 in metres around 114°E."
    ),
    "crs_unknown": _(
        "The coordinate system “%(crs)s” is not known. Say which it is with --crs, as an EPSG"
        " number; for example --crs EPSG:4490 for CGCS2000 in degrees."
    ),
    "crs_metres_as_degrees": _(
        "The file says that its coordinates are degrees, but they are metres (%(x)s, %(y)s)."
        " Say which system they are in with --crs; for CGCS2000 it is probably --crs %(guess)s."
    ),
    "crs_degrees_as_metres": _(
        "The file says that its coordinates are metres, but they are degrees (%(x)s, %(y)s)."
        " For CGCS2000 say --crs EPSG:4490."
    ),
    "crs_outside": _(
        "In the coordinate system %(crs)s the land would lie at %(x)s, %(y)s, outside China."
        " Say the right one with --crs."
    ),
    "crs_swapped": _(
        "Longitude and latitude are swapped in this file (%(x)s, %(y)s). Export it again"
        " with longitude first."
    ),
    "columns_missing": _("The layer lacks the column %(missing)s. It has: %(found)s."),
    "drivers": _("The map library of this server opens more than is allowed: %(names)s."),
}
_TOO_LARGE = {"too_large", "too_much_memory", "too_many_rows", "too_many_features"}


def refusal(code: str, **params: Any) -> InputError:
    """The error that says why a file is refused and what to do about it."""
    kind = TooLargeError if code in _TOO_LARGE else InputError
    return kind(str(_TEXTS[code]) % params, where="file", details={"reason": code})
