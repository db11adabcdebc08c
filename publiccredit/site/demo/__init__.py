"""
A synthetic county, filed through the real intake.

Takes a day until which it is to reach, and a seed. Gives accounts, enterprises and two years of files as departments
would send them: on time and late, right and wrong, corrected, repeated, held back, and none at all. Refuses nothing:
what is refused, the intake refuses. Nothing in it is real: identifiers lie in the impossible region 000000.
"""
