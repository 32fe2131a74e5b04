"""The pages on which boundaries are drawn: the list of plans and the drawing page."""
