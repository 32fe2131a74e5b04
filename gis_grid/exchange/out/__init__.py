"""Files out: what a person sees of a dataset, under a filter, in the form that others read."""
