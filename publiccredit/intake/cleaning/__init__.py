"""
What people type becomes what the record type means.

Takes the text of cells. Gives typed columns, the text as sent wherever the two differ, and the reason where a cell
cannot be understood. Refuses to guess: a letter O is not made a zero, a two-digit year is not given its century.

Every column is first held against a cheap pattern of what needs no cleaning; only the odd values are worked on, once
each, however often they are repeated.
"""
