"""Files in: told what they hold, checked against the register, loaded, and taken back."""
