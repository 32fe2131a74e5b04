"""The page for the field: its frame, its service worker, what of it lies on a tablet."""
