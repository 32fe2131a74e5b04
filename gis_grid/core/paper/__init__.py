"""Sheets of paper as vector PDF: canvas, symbols, scales, labels, tables. Knows no Django.

Lengths are millimetres from the sheet's upper left corner, sizes of type are points.
"""
