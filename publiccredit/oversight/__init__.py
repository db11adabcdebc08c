"""
The departments, measured by facts.

Takes what intake and the ledger hold. Gives who has sent what, how late, how often returned, and what is due. Refuses
to rank by anything that does not link to the records it counts.
"""
