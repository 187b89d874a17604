"""Say in the markup which language the text is in now, and which way it runs."""

from __future__ import annotations

from dragoman.formats.html.tokens import Attribute, attributes

_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he iw ks ku-arab nqo ps sd syr ug ur yi".split())
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "syrc", "thaa", "nkoo", "aran"})


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, from the script subtag if there is one, else from the language."""
    subtags = language.lower().replace("_", "-").split("-")
    scripts = [subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if subtags[0] in _RIGHT_TO_LEFT else "ltr"


def primary(language: str) -> str:
    """The language subtag alone, in lower case: ``en`` of ``en-US``."""
    return language.strip().lower().replace("_", "-").split("-")[0]


def language_of(tag: str) -> str | None:
    """The value of a start tag's ``lang`` (or ``xml:lang``), if it has one."""
    found = {attribute.name: attribute.value.strip() for attribute in attributes(tag)}
    return found.get("lang") or found.get("xml:lang") or None


def declare_language(tag: str, target: str, root: bool) -> str:
    """A start tag that says ``target``. Values it has are replaced; a root gets missing ones."""
    values = {"lang": target, "xml:lang": target, "dir": direction(target)}
    found = {attribute.name: attribute for attribute in reversed(list(attributes(tag)))}
    for name in sorted(values.keys() & found.keys(), key=lambda name: -found[name].start):
        tag = _set(tag, found[name], values[name])
    missing = [name for name in ("lang", "dir") if root and name not in found]
    if missing:
        name_end = len("<html")
        added = "".join(f' {name}="{values[name]}"' for name in missing)
        tag = tag[:name_end] + added + tag[name_end:]
    return tag


def _set(tag: str, attribute: Attribute, value: str) -> str:
    sign = "" if tag[: attribute.start].rstrip().endswith("=") else "="
    return f'{tag[: attribute.start]}{sign}"{value}"{tag[attribute.end :]}'
