"""Papers as people hand them in: each whole, and as small as its format allows."""

import io
import zipfile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def a_pdf(mark: str = "") -> bytes:
    """Give a PDF; another mark gives another file."""
    return f"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%{mark}\n%%EOF\n".encode()


def a_jpeg() -> bytes:
    """Give the frame of a JPEG picture."""
    return b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"


def a_png() -> bytes:
    """Give the frame of a PNG picture."""
    return b"\x89PNG\r\n\x1a\n" + bytes(20) + b"\0\0\0\0IEND\xaeB`\x82"


def a_doc() -> bytes:
    """Give the frame of a Word 97 document."""
    return OLE + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(20)


def a_zip(*names: str) -> bytes:
    """Give a zip with entries of these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return stream.getvalue()


def a_docx() -> bytes:
    """Give the package of a Word document."""
    return a_zip("[Content_Types].xml", "word/document.xml")


def an_ofd() -> bytes:
    """Give the package of an OFD document."""
    return a_zip("OFD.xml", "Doc_0/Document.xml")
