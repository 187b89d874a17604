"""Is this a file of another kind? Signatures first, then the share of control bytes."""

from __future__ import annotations

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"PK\x03\x04", "a zip archive (Word, Excel and EPUB files are such)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "an ELF program"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mach-O program"),
    (b"\x00asm", "a WebAssembly module"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"OggS", "Ogg media"),
    (b"fLaC", "FLAC audio"),
    (b"\x1aE\xdf\xa3", "Matroska or WebM video"),
    (b"wOFF", "a web font"),
    (b"wOF2", "a web font"),
)
_AMBIGUOUS: tuple[tuple[bytes, int, str], ...] = (
    (b"MZ", 0, "a Windows program"),
    (b"BM", 0, "a bitmap image"),
    (b"ID3", 0, "MP3 audio"),
    (b"RIFF", 0, "RIFF media (WAV, AVI, WebP)"),
    (b"ftyp", 4, "MP4 media"),
)
"""Signatures (with their offset) that ordinary words start with too: they need control bytes."""

_WINDOW = 4096
_ORDINARY_CONTROLS = b"\t\n\x0b\x0c\r\x1b"  # ESC is how ISO-2022 encodings switch
_CONTROLS = bytes(set(range(0x20)) - set(_ORDINARY_CONTROLS)) + b"\x7f"
_MOST_CONTROLS = 0.3
_MOST_CONTROLS_OUTSIDE_UTF8 = 0.02


def looks_like(data: bytes) -> str | None:
    """What a binary file seems to be, in words for a message; None for text in one-byte units.

    UTF-16 and UTF-32 are full of NULs: recognise them before asking.
    """
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    sample = _sample(data)
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls:
        for signature, offset, name in _AMBIGUOUS:
            if data.startswith(signature, offset):
                return name
    allowed = _MOST_CONTROLS if _is_utf8(sample) else _MOST_CONTROLS_OUTSIDE_UTF8
    return "binary data" if controls > allowed * len(sample) else None


def _sample(data: bytes) -> bytes:
    """Head, middle and tail: a text header in front of binary data does not hide it."""
    if len(data) <= 3 * _WINDOW:
        return data
    middle = len(data) // 2
    return data[:_WINDOW] + data[middle : middle + _WINDOW] + data[-_WINDOW:]


def _is_utf8(sample: bytes) -> bool:
    """Nearly UTF-8: the cuts of the sample may split characters."""
    return sample.decode("utf-8", "replace").count("\ufffd") <= 12
