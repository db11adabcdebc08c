"""
What was done: one append-only, hash-chained entry for every operation.

Takes the name of an act, who did it, what it touched and a payload without personal data. Gives entries in
commit order and a verdict on the chain. Refuses any change of what is written: the database does, not the code.
"""
