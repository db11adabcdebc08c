"""The liaison's desk: sending, and seeing what became of it."""
