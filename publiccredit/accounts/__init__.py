"""
Who may act: officers, their role and department, their access tokens.

Takes credentials. Gives an Actor, the frozen value that every operation is done by, and sets the database
session to it so that row-level security agrees with the code. Refuses what the role does not allow.
"""
