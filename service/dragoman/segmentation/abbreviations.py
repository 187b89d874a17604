"""Words that end in a full stop without ending a sentence, as newspapers write them.

Written without the stop and in lower case. ``TITLES`` stand before a name (or a street, a month),
``NUMBERED`` only before a number: "No. 5", "ca. 1600".
"""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_EVERYWHERE = _words("dr prof st mr mrs ms mme mlle jr sr vs ing")

TITLES: dict[str, frozenset[str]] = {
    "en": _words("gen col lt sgt capt cmdr maj adm rep sen gov rev hon messrs ft mt pres"),
    "fr": _words("mm mgr me av bd ste cf"),
    "de": _words(
        "hl hr fr frl bzw usw geb gest ev kath mrd mio tsd sog rund ggf dipl z.b d.h u.a v"
    ),
    "es": _words("sra srta sres dra dña lic gral av avda ee núm d dª ud uds"),
    "it": _words("sig sigg dott avv on mons geom arch prof.ssa dott.ssa s ss"),
    "pt": _words("sra srta dra profa exmo exma av d eng arq sto sta"),
    "nl": _words("dhr mevr mw drs ir mr hr jhr bijv o.a"),
    "ru": _words("г ул пр им т.е т е акад проф гр тов св руб млн млрд тыс"),
    "uk": _words("м вул пр ім т.е т е акад проф св грн млн млрд тис"),
    "pl": _words("p ul al gen płk prof inż mgr ks św tzn tzw np m.in r"),
    "cs": _words("p pí ul nám ing mgr judr mudr phdr tzv např sv"),
    "tr": _words("doç av sn yrd alb gen hz m.ö m.s vb"),
}

NUMBERED = _words(
    "no nr núm num n nº art ca c circa p pp pg pag pág s vol kap abs fig tab ch sec § bd стр с ст п"
)

ORDINAL_LANGUAGES = _words("de cs sk sl hr sr bs da nb nn no fi hu is et lv tr fo lb")
"""Where "8. " is how "8th" is written: most false splits of German and Turkish."""


def is_title(word: str, language: str) -> bool:
    """True when ``word`` (without its stop) announces a name rather than ending a sentence."""
    lowered = word.lower()
    return lowered in _EVERYWHERE or lowered in TITLES.get(language, frozenset())
