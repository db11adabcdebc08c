"""A parser that stumbles over a damaged file, as a refusal; anything else it says is a fault of this program."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from python_calamine import CalamineError

from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.types import UnableToRead

FOUND: dict[type[BaseException], str] = {
    zipfile.BadZipFile: "压缩结构不完整",
    zlib.error: "压缩内容有误",
    EOFError: "压缩内容不完整",
    NotImplementedError: "压缩方式不受支持",
    expat.ExpatError: "XML 不完整",
    CalamineError: "工作簿内容有误",
    struct.error: "记录不完整",
    IndexError: "记录超出文件",
    KeyError: "缺少部件",
    OSError: "读取失败",
    ValueError: "内容有误",
}


@contextmanager
def refusing_damage() -> Iterator[None]:
    """
    Turn what parsers raise over a damaged file into a refusal; to be held around parsers only.

    :raises UnableToRead: the file is damaged.
    """
    try:
        yield
    except UnableToRead:
        raise
    except tuple(FOUND) as error:
        found = next(words for kind, words in FOUND.items() if isinstance(error, kind))
        raise refusal("damaged", found=found) from error
    except BaseException as error:
        # Calamine panics over cut-off BIFF records (found by changing bytes at random); a panic is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise refusal("damaged", found="工作簿内容有误") from error
