"""Pages of tablets and of what they sent, beside the map."""
