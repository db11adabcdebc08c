"""How codes are typed. A door of the package: every package asks somebody for a code."""

from typing import Any

from django import forms


class OneTimeInput(forms.TextInput):
    """A code that was refused is not put back: who types the next one would add it to the old."""

    def format_value(self, value: Any) -> None:
        del value
