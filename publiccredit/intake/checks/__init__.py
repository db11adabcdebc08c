"""
The rules a row is held against, one module each.

Takes cleaned columns, the record type and what is known about the sender. Gives issues: which cell, what was found,
what would be right. Refuses rows, never guesses: what a check doubts but cannot know is accepted and shown as a doubt.

A module's docstring is its rule and basis in one sentence; its words for the sender stand in ``packs/issues.yml``.
"""

from publiccredit.intake.checks import (
    amount_decimals,
    amount_in_yuan,
    amount_negative,
    amount_unreadable,
    conflicting_duplicate,
    date_in_future,
    date_order,
    date_unreadable,
    empty_when,
    long_term,
    natural_person,
    not_served,
    organisation_code,
    outside_competence,
    placeholder_uscc,
    registration_number,
    required,
    required_when,
    served_before_decided,
    tax_number,
    too_long,
    typed_as_number,
    unknown_code,
    unknown_column,
    uscc_check_digit,
    uscc_shape,
)

CELL_CHECKS = (
    natural_person,
    required,
    required_when,
    empty_when,
    too_long,
    unknown_code,
    date_unreadable,
    date_in_future,
    date_order,
    long_term,
    served_before_decided,
    not_served,
    amount_unreadable,
    amount_negative,
    amount_decimals,
    amount_in_yuan,
    typed_as_number,
    uscc_shape,
    uscc_check_digit,
    placeholder_uscc,
    organisation_code,
    registration_number,
    tax_number,
    outside_competence,
)
FILE_CHECKS = (conflicting_duplicate, unknown_column)

BASES: dict[str, str] = {m.NAME: (m.__doc__ or "").strip() for m in (*CELL_CHECKS, *FILE_CHECKS)}
"""The rule of every check in one sentence with its basis: what the public issue guide is made of."""
