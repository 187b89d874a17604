"""What a page prints around its article: trails, controls, lists of categories and tags."""

from __future__ import annotations

import re

_SEPARATOR = re.compile(r"\s+([»›>→❯/|·])\s+|\s*([›»❯])\s*")
_HOME = frozenset(
    "home|homepage|home page|front page|start|accueil|à la une|page d'accueil|startseite|inicio|"
    "portada|início|página inicial|capa|home-page|prima pagina|forside|hem|hjem|etusivu|"
    "strona główna|domů|úvod|főoldal|acasă|главная|начало|αρχική|ana sayfa|anasayfa|الرئيسية|خانه|"
    "דף הבית|首页|首頁|ホーム|홈|होम|beranda|trang chủ".split("|")
)
_CONTROLS = frozenset(
    (
        "source|sources|translate|translate this page|share|share this|share this article|print|"
        "print this page|email|e-mail|save|copy link|comment|comments|leave a comment|"
        "post a comment|reply|subscribe|sign up|sign in|log in|login|register|menu|search|close|"
        "skip to content|skip to main content|back to top|read more|more|see more|show more|"
        "load more|related|related articles|related stories|related topics|you may also like|"
        "most read|most popular|trending|tags|topics|categories|advertisement|advertising|ad|"
        "sponsored|previous|next|previous article|next article|previous post|next post|listen|"
        "listen to this article|watch|follow us|newsletter|cookie settings|privacy policy|"
        "terms of use|contact|contact us|about us|facebook|twitter|x|whatsapp|telegram|linkedin|"
        "instagram|youtube|bluesky|pinterest|reddit|tumblr|"
        "traduire|partager|partager cet article|imprimer|envoyer|enregistrer|copier le lien|"
        "commenter|commentaires|laisser un commentaire|répondre|s'abonner|abonnez-vous|"
        "se connecter|connexion|s'inscrire|rechercher|recherche|fermer|aller au contenu|"
        "haut de page|retour en haut|lire la suite|lire plus|en savoir plus|voir plus|"
        "à lire aussi|lire aussi|articles liés|sur le même sujet|les plus lus|mots-clés|"
        "étiquettes|thèmes|catégories|publicité|annonce|sponsorisé|précédent|suivant|"
        "article précédent|article suivant|écouter|écouter cet article|regarder|suivez-nous|"
        "mentions légales|politique de confidentialité|nous contacter|à propos|"
        "quelle|übersetzen|teilen|drucken|kommentare|abonnieren|anmelden|suche|anzeige|werbung|"
        "mehr|weiterlesen|zum inhalt springen|nach oben|schlagwörter|"
        "fuente|traducir|compartir|imprimir|comentarios|suscribirse|buscar|publicidad|leer más|"
        "etiquetas|fonte|traduci|condividi|stampa|commenti|cerca|pubblicità|leggi anche|"
        "traduzir|partilhar|compartilhar|comentários|assinar|pesquisar|publicidade|leia mais|"
        "bron|vertalen|delen|afdrukken|reacties"
    ).split("|")
)
_LISTED = re.compile(
    r"(?:tags?|topics?|categor(?:y|ies)|filed under|posted in|keywords|sources?|via|"
    r"mots[- ]clés|étiquettes|thèmes|catégories?|rubriques?|classé dans|schlagwörter|themen|"
    r"quellen?|etiquetas|fuentes?|fonti?|tópicos)\s?:\s+\S",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright)\s.{0,80}$", re.IGNORECASE)
_READING_TIME = re.compile(
    r"\d{1,3}[\s-]?min(?:ute)?s?\.?(?:\s(?:read|de lecture|lesezeit|de lectura|di lettura))?"
    r"|(?:reading time|temps de lecture|lecture)\s?:?\s?\d{1,3}\s?min\w*",
    re.IGNORECASE,
)
_SITE = re.compile(r"\s+[-–—|•·]\s+[^-–—|•·]{2,40}$")


def is_trail(text: str, titles: frozenset[str] = frozenset()) -> bool:
    """A breadcrumb: parts between one kind of separator, from home or up to a known title."""
    parts = split_trail(text)
    if len(parts) < 2:
        return False
    return fold(parts[0]) in _HOME or fold(parts[-1]) in titles


def split_trail(text: str) -> list[str]:
    """The parts of what may be a breadcrumb, or the whole text as its only part."""
    if len(text) > 400 or "«" in text:
        return [text]
    signs = {first or second for first, second in _SEPARATOR.findall(text)}
    if len(signs) != 1:
        return [text]
    return [part.strip() for part in re.split(rf"\s*{re.escape(signs.pop())}\s*", text) if part]


def is_control(text: str) -> bool:
    """The label of a button or link of the page, alone on its line."""
    return len(text) <= 40 and fold(text.rstrip(":…»›> ").lstrip("«‹< ")) in _CONTROLS


def is_furniture(text: str) -> bool:
    """A line that stands around articles whatever the article is about."""
    if len(text) > 200:
        return False
    return (
        is_control(text)
        or _READING_TIME.fullmatch(text) is not None
        or (_LISTED.match(text) is not None and len(text.split()) <= 20 and text[-1] != ".")
        or (_RIGHTS.match(text) is not None)
    )


def fold(text: str) -> str:
    """For comparing lines: case, white space and kinds of apostrophe do not count."""
    return " ".join(text.replace("’", "'").casefold().split())


def without_site(text: str) -> str:
    """``Title - The Site`` without the site's name."""
    return _SITE.sub("", text)
