"""The public notice of a division: what hangs in the village office, as a page and as a PDF."""
