"""What is done in the field, kind by kind: each action is one call of a service."""
