"""
The file of each subject: who it is, and the one store of records about it.

Takes checked rows with their subject. Gives subjects, records and every earlier version of both. Refuses to
overwrite: a record that changes leaves its former state behind with the time until which it was believed.
"""
