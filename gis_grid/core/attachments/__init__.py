"""Photos, files and sound that hang on something: judged, stored, given back.

The picture's child process imports this package first: it stays empty.
"""
