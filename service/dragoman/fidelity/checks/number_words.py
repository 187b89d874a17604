"""Number words of the languages that we have a table for: "nineteen" and "dix-neuf" are 19."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

# Values and their words, commas between values, from the first value on. A star marks a stem:
# "four*" is "fourth" too. The months count with their number, as "8月" is "August".
_COUNTS = {
    "en": "zero* nil no none nought,one once first* single a an each,two twice second* both double "
    "doubl* couple pair half,three third* thrice triple tripl* trio,four* quarter* quadrupl*,"
    "five* fifth* fift,six*,seven*,eight*,nine* ninth*,ten tenth* decade*,eleven*,"
    "twelve* twelfth* dozen* noon midday,thirteen*,fourteen*,fifteen*,sixteen*,seventeen*,"
    "eighteen*,nineteen*,twenty* twentie*",
    "fr": "zéro* aucun* nul* pas,un une premier* première* seul*,deux* second* double* doubl* "
    "couple paire demi* moitié,trois* tiers tierce triple* tripl* trio,quatre* quatrième* quart*,"
    "cinq*,six*,sept septième*,huit*,neuf neuvi*,dix dixi* dizaine décenn*,onz*,douz* midi,treiz*,"
    "quatorz*,quinz*,seiz*,dix-sept*,dix-huit*,dix-neuf* dix-neuvi*,vingt*",
    "de": "null* kein*,ein* erst*,zwei* zwo zweite* beide* doppel* halb* hälfte paar,drei* dritt*,"
    "vier*,fünf*,sech*,sieb*,acht achte* achtj*,neun*,zehn* jahrzehnt*,elf elft*,zwölf* dutzend* "
    "mittag*,dreizehn*,vierzehn*,fünfzehn*,sechzehn*,siebzehn*,achtzehn*,neunzehn*,zwanzig*",
    "es": "cero* ningun* ningún nulo,un uno una primer* solo única único,dos segund* ambos ambas "
    "doble* mitad medio media par,tres tercer* tercio* triple*,cuatro* cuart*,cinco quint*,"
    "seis sext*,siete séptim*,ocho octav*,nueve noven*,diez décim* década*,once,"
    "doce docena* mediodía,trece,catorce,quince*,dieciséis,diecisiete,dieciocho,diecinueve,"
    "veint*",
    "it": "zero* nessun* nulla,un uno una prim* singol*,due* second* entramb* doppi* metà mezzo "
    "mezza coppia paio,tre terz* tripl*,quattro* quart*,cinque* quint*,sei sest*,sette* settim*,"
    "otto ottav*,nove* non*,dieci* decim* decenn*,undic*,dodic* dozzin* mezzogiorno,tredic*,"
    "quattordic*,quindic*,sedic*,diciassett*,diciott*,diciannov*,vent* ventesim*",
    "pt": "zero* nenhum* nulo,um uma primeir* único única,dois duas segund* ambos ambas dobr* "
    "duplo metade meio meia par,três terceir* terço* triplo tripl*,quatro* quart*,cinco quint*,"
    "seis sext*,sete sétim*,oito oitav*,nove non*,dez décim* década*,onze,"
    "doze dúzia* meio-dia,treze,catorze quatorze,quinze*,dezasseis dezesseis,dezassete dezessete,"
    "dezoito,dezanove dezenove,vinte* vigésim*",
}
_TENS = {  # 30, 40 … 90, 100, 1000, a million, a milliard
    "en": "thirty* thirtie*,forty* fortie*,fifty* fiftie*,sixty* sixtie*,seventy* seventie*,"
    "eighty* eightie*,ninety* ninetie*,hundred* centur* centenar*,thousand*,million*,billion*",
    "fr": "trent*,quarant*,cinquant*,soixant*,soixante-dix* septant*,quatre-vingt* octant*,"
    "quatre-vingt-dix* nonant*,cent cents centaine* centi* siècle*,mille* millier*,million*,"
    "milliard*",
    "de": "dreißig* dreissig*,vierzig*,fünfzig*,sechzig*,siebzig*,achtzig*,neunzig*,"
    "hundert* jahrhundert*,tausend*,million*,milliarde*",
    "es": "treint*,cuarent*,cincuent*,sesent*,setent*,ochent*,novent*,cien cient* centen* siglo,"
    "mil mill* miles,mill*,millard*",
    "it": "trent*,quarant*,cinquant*,sessant*,settant*,ottant*,novant*,cento* centin* secol*,"
    "mille* mila miglia*,milion*,miliard*",
    "pt": "trinta*,quarenta*,cinquent*,sessent*,setent*,oitent*,novent*,cem cent* século,"
    "mil milhar*,milh*,bilh*",
}
_MONTHS = {
    "en": "january february march april May june july august september october november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
}
_LARGE = (30, 40, 50, 60, 70, 80, 90, 100, 1000, 10**6, 10**9)
_FRENCH_JOINED = re.compile(
    r"\b(?:quatre[- ]vingts?|soixante)(?:[- ]dix)?|\bdix-(?:sept|huit|neuf)"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})(?:er|re|e|ème|th|st|nd|rd|º|°)?\Z")
_ROMAN_UNITS = {"IX": 9, "IV": 4}


def has_number_words(language: str) -> bool:
    """Whether there is a table for a language; a region does not matter."""
    return _base(language) in _COUNTS


def spelled_numbers(text: str, language: str) -> Counter[int]:
    """How often each value may stand in words in a text of a language that has a table.

    Generous: "second" counts as 2 in "every second" too. Roman numerals and months count.
    """
    language = _base(language)
    exact, stems = _table(language)
    found: Counter[int] = Counter()
    for written in _WORD.findall(unicodedata.normalize("NFKC", text)):
        found.update(_roman(written, language))
        whole = list(_values(written, exact, stems))
        found.update(whole)
        if "-" in written:  # "twenty-five", but not the parts of "dix-neuf"
            rest = _FRENCH_JOINED.sub("", written.casefold()) if language == "fr" else written
            for part in rest.split("-"):
                found.update(value for value in _values(part, exact, stems) if value not in whole)
    return found


def composed(values: Counter[int]) -> set[int]:
    """The values, and what they make: "forty" and "two", "two" and "thousand", 137."""
    known = set(values)
    tens = {a + b for a in known if 20 <= a < 100 and a % 10 == 0 for b in known if 0 < b < 20}
    small = tens | {value for value in known if value < 100}
    hundreds = {100 * a for a in small if 0 < a < 20} if 100 in known else set()
    hundreds |= known & {100}
    below = small | hundreds | {a + b for a in hundreds for b in small}
    return known | below | {a * b for b in known if b >= 1000 for a in below}


def _values(written: str, exact: dict[str, int], stems: dict[str, int]) -> list[int]:
    """The values in one word: one in "fourth", two in "einundzwanzig"."""
    if written in exact:
        return [exact[written]]
    word = written.casefold()
    found: list[int] = []
    while word:
        if word in exact:
            return [*found, exact[word]]
        end = next((end for end in range(len(word), 1, -1) if word[:end] in stems), 0)
        if not end:
            break
        found.append(stems[word[:end]])
        word = word[end:].removeprefix("und")
    return found


def _roman(written: str, language: str) -> list[int]:
    match = _ROMAN.match(written)
    if match is None or (written == "I" and language == "en"):
        return []
    units = _ROMAN_UNITS.get(match[2], 5 * match[2].count("V") + match[2].count("I"))
    return [10 * len(match[1]) + units]


@cache
def _table(language: str) -> tuple[dict[str, int], dict[str, int]]:
    exact: dict[str, int] = {}
    stems: dict[str, int] = {}
    rows = [
        *enumerate(_COUNTS[language].split(",")),
        *zip(_LARGE, _TENS[language].split(","), strict=True),
        *enumerate(_MONTHS[language].split(), start=1),
    ]
    for value, words in rows:
        for word in words.split():
            (stems if word.endswith("*") else exact)[word.rstrip("*")] = value
    return exact, stems


def _base(language: str) -> str:
    return language.split("-", maxsplit=1)[0]
