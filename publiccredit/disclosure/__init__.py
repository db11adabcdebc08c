"""
What may be seen, by whom, on which day.

Takes an audience, a day and a time of knowledge. Gives the visible records: the only way anything leaves
the house. Refuses to let a record outlive its term: that is decided when it is read, and no job has to run.
"""
