"""
The public credit information platform of a county.

A catalogue says what may be held; intake receives and checks it; matching says whose it is; subjects keep
the file; disclosure shows it; oversight watches; accounts say who may act, and the ledger what was done.
Each package is entered only through its ``operations``, ``queries`` and ``types``.
"""
