"""
The public credit information platform of a county.

A catalogue says what may be held; intake receives and checks it; matching says whose it is; subjects keep the file;
casework puts it right; disclosure shows it, and recipients are told when it changes; the subject's own desk lets an
enterprise see and contest all of it; oversight watches; accounts say who may act, and the ledger what was done. The
site puts them together. Each package is entered only through its ``operations``, ``queries`` and ``types``, and knows
only those below it (``.importlinter``).
"""
