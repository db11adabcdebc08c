"""
Whose record it is.

Takes identifiers and names as a department wrote them. Gives one subject where that is certain, and a ranked question
for a person where it is not. Refuses to link on a similar name by itself.
"""
