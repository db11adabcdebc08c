"""A process that files one submission, for tests that kill it: ``python -m tests.flows.filing_process NUMBER``."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    import django

    django.setup()
    from publiccredit.intake.operations import file_submission
    from tests.flows.filing import AT

    file_submission(submission_id=int(sys.argv[1]), at=AT)
