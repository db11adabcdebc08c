"""A worker that delivers what is due, for tests that kill it: ``python -m tests.flows.delivery_process INSTANT``."""

import os
import sys
from datetime import datetime

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    import django

    django.setup()
    from publiccredit.recipients.operations import deliver_due
    from publiccredit.recipients.types import Delivered

    at = datetime.fromisoformat(sys.argv[1])
    while deliver_due(now=lambda: at, limit=4) != Delivered():
        continue
