"""
The rules a row is held against, one module each.

Takes cleaned columns, the record type and what is known about the sender. Gives issues: which cell, what was found,
what would be right. Refuses rows, never guesses: what a check doubts but cannot know is accepted and shown as a doubt.

A module's docstring is its rule and basis in one sentence; its words for the sender stand in ``packs/issues.yml``.
"""
