"""Photo credits: on a line of their own, or at the end of a caption.

A credit that is certain names a photographer or says that it is one; an agency alone in
parentheses also ends wire stories, so it is only weak evidence that the text is a caption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AGENCIES = (
    "AP|AFP|Reuters|REUTERS|Getty(?: Images)?|EPA(?:-EFE)?|EFE|dpa|DPA|ANSA|Keystone(?:-ATS)?|ATS|"
    "Belga|BELGA|ANP|TT|NTB|Ritzau|Lusa|PA(?: Wire| Media)?|Press Association|Associated Press|"
    "Xinhua|TASS|Tass|RIA(?: Novosti)?|Sputnik|Anadolu(?: Agency)?|ZUMA|Imago|IMAGO|Shutterstock|"
    "iStock|Alamy|Bloomberg|UPI|Flash90|SIPA|Sipa|MaxPPP|MAXPPP|Abaca|Magnum|Unsplash|Pexels|"
    "Pixabay|Wikimedia(?: Commons)?|Flickr|Kyodo|Yonhap|PTI|ANI|CP|Canadian Press|"
    "La Presse Canadienne|APA|CTK|ČTK|PAP|MTI|Interfax"
)
_AGENCY = re.compile(rf"(?<!\w)(?:{_AGENCIES})(?!\w)")
_ONLY_AGENCIES = re.compile(
    rf"(?:(?:with|avec|by|par|mit|via|source\s?:)\s+)?(?:the\s+|l['’])?(?:{_AGENCIES})"
    rf"(?:\s*(?:[,/&+]|and|et|und|with|avec)\s*(?:the\s+|l['’])?(?:{_AGENCIES}))*"
)
_WITH_NAMES = re.compile(
    r"(?:with|avec|mit|con|source\s?:)\s+(?:(?:the|l['’])\s?)?[A-ZÀ-Þ][\w .'’-]{1,40}"
)
_LABEL = (
    r"(?:(?:file |photo )?(?:photo(?:graph|graphie|s)?|fotos?|image|picture|pic|bild|illustration|"
    r"graphic|infographie|handout|video|vidéo|archives?)(?: (?:credit|by|de|d['’]|par|von))?|"
    r"cr[eé]dits?(?: photos?)?|courtesy(?: of)?|©|\(c\))"
)
_STARTS_AS_CREDIT = re.compile(
    rf"{_LABEL}\s*[:/]\s*\S|©\s*\S|courtesy of\s+\S|photo by\s+\S", re.IGNORECASE
)
_VIA = re.compile(r"[A-ZÀ-Þ][\w.'’-]*(?: [\w.'’-]+){0,6} via [A-ZÀ-Þ]\w*")
_NAME_AND_HOUSE = re.compile(
    r"(?:[A-ZÀ-Þ][\w.'’-]*(?: (?:[A-ZÀ-Þ][\w.'’-]*|de|du|van|von|bin|al|el|and|et|&)){1,5})"
    r"\s?/\s?[A-ZÀ-Þ][\w .&'’/-]{1,40}"
)
_FILE_WORDS = re.compile(r"(?:file|pool|handout|archives?|DR|D\.R\.)(?: photo)?", re.IGNORECASE)
_IN_PARENTHESES = re.compile(r"\s*[(（\[]([^()（）\[\]]{2,90})[)）\]]\s*[.。]?\s*$")
_AT_THE_END = re.compile(
    rf"(?:(?<=[.!?…»”\"])\s+|\s+[—–|-]\s+)((?:{_LABEL}\s*[:/]|©|photo by\s)\s*\S.{{1,70}})$",
    re.IGNORECASE,
)
_WINDOW = 160
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit at the end of a text: the text before ends at ``before``; the credit's own span.

    ``certain`` is False for an agency alone, which may sign a story as well.
    """

    before: int
    start: int
    end: int
    certain: bool


def is_agency(text: str) -> bool:
    """One or several news agencies and nothing else, or a name in capitals that could be one."""
    name = text.strip()
    return bool(_ONLY_AGENCIES.fullmatch(name)) or (name.isupper() and 2 <= len(name) <= 6)


def is_credit(text: str) -> bool:
    """Whether a whole short text is nothing but a credit, with its label."""
    inner = text.strip("()[]（） ")
    return (
        len(inner) <= 100
        and len(inner.split()) <= _MOST_WORDS
        and _STARTS_AS_CREDIT.match(inner) is not None
    )


def find_credit(text: str) -> Credit | None:
    """The credit that ends ``text``, in parentheses or behind its label."""
    offset = max(0, len(text) - _WINDOW)
    tail = text[offset:]
    match = _IN_PARENTHESES.search(tail)
    if match and (match.start() or offset):
        inner = match.group(1).strip()
        certain = _is_certain(inner)
        if certain or _ONLY_AGENCIES.fullmatch(inner) or _WITH_NAMES.fullmatch(inner):
            start = offset + match.start(1) + len(match.group(1)) - len(match.group(1).lstrip())
            return Credit(offset + match.start(), start, start + len(inner), certain)
    match = _AT_THE_END.search(tail)
    if match and len(match.group(1).split()) <= _MOST_WORDS and not match.group(1).endswith("."):
        return Credit(offset + match.start(), offset + match.start(1), offset + match.end(1), True)
    return None


def _is_certain(inner: str) -> bool:
    if len(inner.split()) > _MOST_WORDS:
        return False
    if _STARTS_AS_CREDIT.match(inner) or _VIA.fullmatch(inner) or _NAME_AND_HOUSE.fullmatch(inner):
        return True
    agency = _AGENCY.search(inner)
    if agency is None or _ONLY_AGENCIES.fullmatch(inner):
        return _FILE_WORDS.fullmatch(inner) is not None
    rest = _AGENCY.sub(" ", inner).replace("/", " ").split()
    return all(word[0].isupper() or not word[0].isalpha() or word in _SMALL for word in rest)


_SMALL = frozenset("photo file pool via of by the de du d' par for and et handout archives".split())
