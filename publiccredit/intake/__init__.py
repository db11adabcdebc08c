"""
A department's file becomes checked rows.

Takes a workbook, a CSV or JSON lines. Gives every row back as accepted, returned with its issues, or already on file,
and the three add up to what an independent count found. Refuses the file as a whole where they do not.
"""
