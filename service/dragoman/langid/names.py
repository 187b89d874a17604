"""Names, own names, writing direction and spelling of language codes.

Codes are BCP 47 (RFC 5646); names are the usual English names and the names that speakers use
(ISO 639 and Unicode CLDR agree on them).
"""

from __future__ import annotations

import re

from dragoman.article import UNDETERMINED

NAMES: dict[str, tuple[str, str]] = {
    "af": ("Afrikaans", "Afrikaans"),
    "am": ("Amharic", "አማርኛ"),
    "an": ("Aragonese", "aragonés"),
    "ar": ("Arabic", "العربية"),
    "as": ("Assamese", "অসমীয়া"),
    "az": ("Azerbaijani", "azərbaycan"),
    "ba": ("Bashkir", "башҡортса"),
    "be": ("Belarusian", "беларуская"),
    "bg": ("Bulgarian", "български"),
    "bn": ("Bengali", "বাংলা"),
    "bo": ("Tibetan", "བོད་སྐད་"),
    "br": ("Breton", "brezhoneg"),
    "bs": ("Bosnian", "bosanski"),
    "ca": ("Catalan", "català"),
    "ceb": ("Cebuano", "Cebuano"),
    "ckb": ("Central Kurdish", "کوردیی ناوەندی"),
    "crh": ("Crimean Tatar", "qırımtatarca"),
    "cs": ("Czech", "čeština"),
    "cy": ("Welsh", "Cymraeg"),
    "da": ("Danish", "dansk"),
    "de": ("German", "Deutsch"),
    "dz": ("Dzongkha", "རྫོང་ཁ"),
    "el": ("Greek", "Ελληνικά"),
    "en": ("English", "English"),
    "eo": ("Esperanto", "esperanto"),
    "es": ("Spanish", "español"),
    "et": ("Estonian", "eesti"),
    "eu": ("Basque", "euskara"),
    "fa": ("Persian", "فارسی"),
    "fi": ("Finnish", "suomi"),
    "fil": ("Filipino", "Filipino"),
    "fo": ("Faroese", "føroyskt"),
    "fr": ("French", "français"),
    "fy": ("Western Frisian", "Frysk"),
    "ga": ("Irish", "Gaeilge"),
    "gd": ("Scottish Gaelic", "Gàidhlig"),
    "gl": ("Galician", "galego"),
    "gu": ("Gujarati", "ગુજરાતી"),
    "ha": ("Hausa", "Hausa"),
    "he": ("Hebrew", "עברית"),
    "hi": ("Hindi", "हिन्दी"),
    "hr": ("Croatian", "hrvatski"),
    "ht": ("Haitian Creole", "kreyòl ayisyen"),
    "hu": ("Hungarian", "magyar"),
    "hy": ("Armenian", "հայերեն"),
    "id": ("Indonesian", "Indonesia"),
    "ig": ("Igbo", "Igbo"),
    "is": ("Icelandic", "íslenska"),
    "it": ("Italian", "italiano"),
    "ja": ("Japanese", "日本語"),
    "jv": ("Javanese", "Jawa"),
    "ka": ("Georgian", "ქართული"),
    "kab": ("Kabyle", "Taqbaylit"),
    "kk": ("Kazakh", "қазақ тілі"),
    "km": ("Khmer", "ខ្មែរ"),
    "kn": ("Kannada", "ಕನ್ನಡ"),
    "ko": ("Korean", "한국어"),
    "ku": ("Kurdish", "kurdî"),
    "ky": ("Kyrgyz", "кыргызча"),
    "la": ("Latin", "Latina"),
    "lb": ("Luxembourgish", "Lëtzebuergesch"),
    "lg": ("Ganda", "Luganda"),
    "lij": ("Ligurian", "ligure"),
    "ln": ("Lingala", "lingála"),
    "lo": ("Lao", "ລາວ"),
    "lt": ("Lithuanian", "lietuvių"),
    "lv": ("Latvian", "latviešu"),
    "mg": ("Malagasy", "Malagasy"),
    "mi": ("Māori", "Māori"),
    "mk": ("Macedonian", "македонски"),
    "ml": ("Malayalam", "മലയാളം"),
    "mn": ("Mongolian", "монгол"),
    "mr": ("Marathi", "मराठी"),
    "ms": ("Malay", "Melayu"),
    "mt": ("Maltese", "Malti"),
    "my": ("Burmese", "မြန်မာ"),
    "nb": ("Norwegian Bokmål", "norsk bokmål"),
    "ne": ("Nepali", "नेपाली"),
    "nl": ("Dutch", "Nederlands"),
    "nn": ("Norwegian Nynorsk", "norsk nynorsk"),
    "no": ("Norwegian", "norsk"),
    "nso": ("Northern Sotho", "Sesotho sa Leboa"),
    "oc": ("Occitan", "occitan"),
    "om": ("Oromo", "Oromoo"),
    "or": ("Odia", "ଓଡ଼ିଆ"),
    "pa": ("Punjabi", "ਪੰਜਾਬੀ"),
    "pcm": ("Nigerian Pidgin", "Naijíriá Píjin"),
    "pl": ("Polish", "polski"),
    "ps": ("Pashto", "پښتو"),
    "pt": ("Portuguese", "português"),
    "pt-BR": ("Brazilian Portuguese", "português (Brasil)"),
    "qu": ("Quechua", "Runasimi"),
    "ro": ("Romanian", "română"),
    "ru": ("Russian", "русский"),
    "rw": ("Kinyarwanda", "Kinyarwanda"),
    "sa": ("Sanskrit", "संस्कृतम्"),
    "sd": ("Sindhi", "سنڌي"),
    "se": ("Northern Sami", "davvisámegiella"),
    "si": ("Sinhala", "සිංහල"),
    "sk": ("Slovak", "slovenčina"),
    "sl": ("Slovenian", "slovenščina"),
    "sn": ("Shona", "chiShona"),
    "so": ("Somali", "Soomaali"),
    "sq": ("Albanian", "shqip"),
    "sr": ("Serbian", "српски"),
    "st": ("Southern Sotho", "Sesotho"),
    "su": ("Sundanese", "Basa Sunda"),
    "sv": ("Swedish", "svenska"),
    "sw": ("Swahili", "Kiswahili"),
    "ta": ("Tamil", "தமிழ்"),
    "te": ("Telugu", "తెలుగు"),
    "tg": ("Tajik", "тоҷикӣ"),
    "th": ("Thai", "ไทย"),
    "ti": ("Tigrinya", "ትግርኛ"),
    "tk": ("Turkmen", "türkmen dili"),
    "tl": ("Tagalog", "Tagalog"),
    "tn": ("Tswana", "Setswana"),
    "tr": ("Turkish", "Türkçe"),
    "tt": ("Tatar", "татар"),
    "ug": ("Uyghur", "ئۇيغۇرچە"),
    "uk": ("Ukrainian", "українська"),
    "ur": ("Urdu", "اردو"),
    "uz": ("Uzbek", "o‘zbek"),
    "vi": ("Vietnamese", "Tiếng Việt"),
    "wo": ("Wolof", "Wolof"),
    "xh": ("Xhosa", "isiXhosa"),
    "yi": ("Yiddish", "ייִדיש"),
    "yo": ("Yoruba", "Èdè Yorùbá"),
    "yue": ("Cantonese", "粵語"),
    "zh": ("Chinese", "中文"),
    "zh-Hans": ("Simplified Chinese", "简体中文"),
    "zh-Hant": ("Traditional Chinese", "繁體中文"),
    "zu": ("Zulu", "isiZulu"),
    UNDETERMINED: ("undetermined language", "undetermined language"),
}
"""Code to (English name, own name)."""

_RIGHT_TO_LEFT = frozenset("ar arc arz ary ckb dv fa he ks nqo ps sd sdh ug ur yi".split())
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})
_REPLACED = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "cmn": "zh",
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
}
"""Deprecated codes (IANA registry), and the script that Chinese by country is written in."""

_CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*\Z")


def language_name(code: str) -> str:
    """English name, for messages: ``de`` is German. An unknown code is its own name."""
    return _named(code)[0]


def autonym(code: str) -> str:
    """The name that its speakers use, for menus: ``de`` is Deutsch."""
    return _named(code)[1]


def is_rtl(code: str) -> bool:
    """True when the language is written from right to left; an explicit script decides."""
    subtags = normalise_code(code).split("-")
    scripts = [subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()]
    if scripts:
        return scripts[0] in _RIGHT_TO_LEFT_SCRIPTS
    return subtags[0] in _RIGHT_TO_LEFT


def normalise_code(code: str) -> str:
    """The usual spelling: ``pt_br`` is ``pt-BR``, ``ZH-hant`` is ``zh-Hant``, ``iw`` is ``he``.

    What is no language code (empty, "C", "english (US)") is ``und``. Locale suffixes such as
    ``.UTF-8`` are dropped.
    """
    bare = code.strip().split(".")[0].split("@")[0]
    if not _CODE.match(bare):
        return UNDETERMINED
    first, *others = re.split("[-_]", bare)
    tag = "-".join([first.lower(), *(_subtag(other) for other in others)])
    if tag in _REPLACED:
        return _REPLACED[tag]
    primary, _, rest = tag.partition("-")
    primary = _REPLACED.get(primary, primary)
    return f"{primary}-{rest}" if rest else primary


def primary_subtag(code: str) -> str:
    """The language without script and region: ``pt-BR`` is ``pt``."""
    return normalise_code(code).split("-")[0]


def _subtag(subtag: str) -> str:
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    if len(subtag) == 2 and subtag.isalpha():
        return subtag.upper()
    return subtag.lower()


def _named(code: str) -> tuple[str, str]:
    tag = normalise_code(code)
    return NAMES.get(tag) or NAMES.get(tag.split("-")[0]) or (code, code)
