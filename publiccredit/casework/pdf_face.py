"""
The face of every PDF, and where its lines may break. A door of the package: the subject's copy is set in it too.

The face is the Chinese one that every reader of PDFs knows by name, so no font file travels with the program. Loaded by
who writes a PDF: it takes a while to load.
"""

from reportlab.lib import textsplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

FACE = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FACE))
if "，" not in textsplit.ALL_CANNOT_START:
    vars(textsplit)["ALL_CANNOT_START"] += "，；：？！”’》〉…—"  # ReportLab knows only the marks of Japanese
