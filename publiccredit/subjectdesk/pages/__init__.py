"""The pages of the desk and of the counter that serves it."""
