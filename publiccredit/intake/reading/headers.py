"""The letters a spreadsheet gives its columns."""

BLANK = " \t\r\n\u3000"  # a cell with nothing else in it is empty, in every parser


def column_letter(index: int) -> str:
    """Give the letters of the column with this index, from 0: A, B, …, Z, AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Give the index, from 0, of the column with these letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
