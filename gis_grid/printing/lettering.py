"""Sizes of type on a sheet, in points on A3."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    """`unit` by which they are grown already."""

    title: float = 26.0
    subtitle: float = 9.5
    heading: float = 9.0
    text: float = 7.2
    small: float = 6.2
    unit: float = 1.0

    def times(self, unit: float) -> "Type":
        return Type(
            self.title * unit,
            self.subtitle * unit,
            self.heading * unit,
            self.text * unit,
            self.small * unit,
            self.unit * unit,
        )


TYPE = Type()
