"""Files in: the pages of the wizard; all that it does is done by `exchange.incoming`."""
