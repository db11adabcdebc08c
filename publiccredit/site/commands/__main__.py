"""``python -m publiccredit.site.commands``: the command line under a given interpreter."""

from publiccredit.site.commands import main

main()
