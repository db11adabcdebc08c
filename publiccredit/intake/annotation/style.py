"""The few colours of an annotated workbook. State is never told by colour alone: comment and last column say it too."""

RETURN = "FFF4CCCC"
WARN = "FFFFF2CC"
HEADER = "FFDCE6F1"
SUMMARY_WIDTHS = (14, 8, 24, 6, 8, 8, 28, 28, 80)
