"""The kept description of the interface: ``python -m tests.contracts.openapi`` writes it anew after a meant change."""

import json
import os
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("openapi.json")


def kept() -> dict[str, Any]:
    """Give the description as it was last agreed."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def main() -> None:
    """Write the description of the program as it is."""
    import tests.environment  # noqa: F401 - names the data folder before Django reads its settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    import django

    django.setup()
    from publiccredit.site.api_description import description

    FILE.write_text(json.dumps(description(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
