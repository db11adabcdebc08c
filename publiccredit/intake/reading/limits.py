"""How large a file may be, in every direction in which a file can be too large."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one file. They stop an attack long before they meet a county's honest work (10^6 rows × 30 columns)."""

    text_bytes: int = 1024 * MIB
    workbook_bytes: int = 100 * MIB
    unzipped_bytes: int = 1024 * MIB  # 100,000 rows × 30 columns unzip to about 110 MiB
    ratio: int = 200  # unzipped : zipped of one part; a real sheet compresses 5 to 40 times
    parts: int = 2_000
    sheets: int = 50
    rows: int = 1_100_000
    columns: int = 500
    cells: int = 20_000_000  # of one sheet, empty ones between the outermost included: they cost memory too
    cell_length: int = 32_767  # what a spreadsheet program can hold
    line_bytes: int = 4 * MIB
    header_within_rows: int = 30
    # A look costs a tenth of its time however few the rows; 131,072 of them took more memory than there may be.
    chunk_rows: int = 98_304


USUAL = Limits()
