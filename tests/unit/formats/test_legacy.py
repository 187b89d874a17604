"""Old encodings are told apart by the letters of languages."""

from __future__ import annotations

import pytest

from dragoman.formats.legacy import guess

FRENCH = (
    "Le député a déclaré que la fête serait annulée. « Nous avons été prévenus très tard », "
    "a regretté le maire, qui espère une aide de l’État avant la fin de l’été."
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Der Präsident erklärte, er höre zu.", "mac_roman"),
        ("Le préfet a été prévenu très tôt.", "cp850"),
        ("Başbakan bugün Ankara'da yeni bir yasa teklifi açıkladı.", "cp1254"),
        ("Vyriausybė šiandien pranešė apie naują įstatymą.", "cp1257"),
        ("Árvíztűrő tükörfúrógép a miniszterelnök szerint.", "cp1250"),
        ("O João não está em São Paulo às três horas da manhã.", "cp1252"),
        ("L'été sera très sec, et le cœur du pays manquera d'eau : 20 € par mois.", "iso8859_15"),
        ("Le député a été prévenu très tôt de la fête. " * 9 + "Prix : 20 €", "iso8859_15"),
        ("The café's owner said the price – £5 – was “fair”, and Zoë agreed.", "cp1252"),
        ("Сегодня министр прибыл в столицу на переговоры.", "koi8_r"),
    ],
)
def test_a_short_text_is_read_as_written(text: str, encoding: str) -> None:
    """One sentence is enough to tell its encoding."""
    data = text.encode(encoding)
    found = guess(data)
    assert found
    assert data.decode(found) == text


def test_rare_accents_far_from_the_start_are_found() -> None:
    """The guess looks where the letters are, not only at the first bytes."""
    text = "An ordinary line of English text.\n" * 5000 + FRENCH
    data = text.encode("cp1252")
    found = guess(data)
    assert found
    assert data.decode(found) == text


def test_what_fits_nowhere_has_no_encoding() -> None:
    """Bytes that no encoding explains are not forced into one."""
    assert guess(bytes(range(128, 256)) * 3) is None
