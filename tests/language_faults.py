"""What is wrong with a text that agents or customers read, for the tests of all content."""

from __future__ import annotations

import re

_CJK = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"\b(?:[SNUP]\d{1,2}|X2?)\b|\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z]+\b")
_LATIN_STOP = re.compile(r"[\u4e00-\u9fff][,;?!]")
_APOLOGY = re.compile(r"\b(?:sorry|apolog|unfortunately|oops)|抱歉|对不起|很遗憾", re.IGNORECASE)


def language_faults(language: str, text: str) -> list[str]:
    """Return the rules of desk.md, section Speech, and of field.md that the text breaks."""
    faults = []
    if not text.strip():
        faults.append("empty")
    if "!" in text or "！" in text:
        faults.append("exclamation mark")
    if "注单" in text:
        faults.append("注单 instead of 订单")
    if _CODE.search(text):
        faults.append("a code instead of words")
    if _APOLOGY.search(text):
        faults.append("apology")
    if language == "zh_CN":
        if not _CJK.search(text):
            faults.append("not Chinese")
        if _LATIN_STOP.search(text):
            faults.append("Latin punctuation in Chinese")
    elif _CJK.search(text):
        faults.append("Chinese in English")
    return faults
