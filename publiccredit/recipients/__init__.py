"""
Who was given what of whom, and who was told that it changed.

Takes registered recipients with their purpose, and every record handed to one. Gives the ledger of what was handed
over, a signed notice to each holder in the same transaction as the change, its delivery, and what is left for a
person. Refuses to forget: no row of what was handed over is changed, and nothing counts as confirmed without a receipt
or a named person's reason.
"""
