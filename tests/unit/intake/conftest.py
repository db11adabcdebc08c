"""Properties of cleaning and checks are tried without a deadline: the first look at a new pattern compiles it."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None, print_blob=True)
settings.load_profile("unhurried")
