"""
What is wrong is put right: objection, repair, revocation, correction, complaint, and their review.

Takes a request about a record, its papers and a named human's reasons. Gives cases on clocks of law, decisions,
letters, and the change of the record itself, which every surface reads. Refuses a decision without reasons, by the
wrong department, by one person where two are asked for, or about a case that is decided; and never lets a lapse of
the office harm the subject.
"""
