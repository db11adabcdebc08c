"""
What may be held: the packs, read strictly.

Takes the YAML under ``packs/``. Gives frozen values: editions and items, record types and their fields, code tables,
departments, sources, forms, calendars, terms. Refuses an unknown key, an unresolved reference and anything an
industry would widen, naming the file, the key and the remedy.
"""
