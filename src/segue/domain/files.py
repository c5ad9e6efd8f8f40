"""Files that people send along: what they are called, what they are by their own bytes, and how much is taken.

The one idea: a file's name is anybody's claim. What it is, is read from how it begins; how it is called is cleaned
before anybody sees it; and nothing but a plain picture is ever shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segue.domain.errors import Refused
from segue.domain.said import says_nothing
from segue.texts import N_, _, forms, languages, speaking, word

PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""What may be shown: raster images, in which nothing can run."""
UNKNOWN = "application/octet-stream"
LONGEST_NAME = 120
MEGABYTE = 1_000_000
_BEGINS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"%PDF-", "application/pdf"), (b"\x1f\x8b", "application/gzip"),
    (b"PK\x03\x04", "application/zip"), (b"PK\x05\x06", "application/zip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"), (b"\x7fELF", "application/x-executable"), (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"), (b"\x1aE\xdf\xa3", "video/webm"), (b"BM", "image/bmp"), (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"), (b"{\\rtf", "application/rtf"),
)  # fmt: skip
_INSIDE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "application/vnd.oasis.opendocument"),
)
"""What a ZIP that is a document names near its beginning."""
_LABELS = {
    "image/png": N_("PNG image"), "image/jpeg": N_("JPEG image"), "image/gif": N_("GIF image"),
    "image/webp": N_("WebP image"), "image/svg+xml": N_("SVG drawing"), "image/bmp": N_("BMP image"),
    "image/tiff": N_("TIFF image"), "image/heic": N_("HEIC image"), "application/pdf": N_("PDF"),
    "text/plain": N_("text"), "text/html": N_("HTML page"), "application/zip": N_("ZIP archive"),
    "application/gzip": N_("gzip archive"), "application/vnd.rar": N_("RAR archive"),
    "application/rtf": N_("RTF document"), "application/x-ole-storage": N_("Office document"),
    "application/x-msdownload": N_("program"), "application/x-executable": N_("program"), "audio/mpeg": N_("sound"),
    "audio/ogg": N_("sound"), "audio/wav": N_("sound"), "video/webm": N_("video"), "video/mp4": N_("video"),
    "application/vnd.oasis.opendocument": N_("OpenDocument"), _INSIDE[0][1]: N_("Word document"),
    _INSIDE[1][1]: N_("Excel sheet"), _INSIDE[2][1]: N_("PowerPoint slides"),
}  # fmt: skip
_FILE = N_("file")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of writing, by which `cod.exe` reads as `exe.doc`."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|iframe|meta|title)\b", re.I | re.S)
_DRAWING = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!doctype svg[^>]*>\s*)*<svg\b", re.I | re.S)
_LOOKED_AT = 4096


class FileRefused(Refused):
    """A file, or how many there are, is more than what is taken."""

    code = "file_refused"


class FileTooLarge(FileRefused):
    code = "too_large"


@dataclass(frozen=True, slots=True)
class FileCaps:
    """How much is taken, in bytes: of one file, of one message's files together; and how many of them."""

    largest: int = 10 * MEGABYTE
    together: int = 18 * MEGABYTE
    most: int = 10

    def refuse(self, name: str, size: int, field: str = "/file") -> None:
        """Refuses a file that is empty (FileRefused) or too large (FileTooLarge)."""
        if size > self.largest:
            raise FileTooLarge(
                _("%(name)s has %(size)s; %(fits)s fit.", name=name, size=size_words(size),
                  fits=size_words(self.largest)),
                _("Make it smaller, or send a link."), field,
            )  # fmt: skip
        if not size:
            raise FileRefused(_("%(name)s is empty.", name=name), _("Choose another file."), field)

    def refuse_together(self, sizes: Sequence[int], field: str = "/attachments") -> None:
        """Refuses files that are too many, or too large together, for one message. Raises FileRefused, FileTooLarge."""
        if len(sizes) > self.most:
            said = _("%(n)s files are too many; %(most)s fit.", n=len(sizes), most=self.most)
            raise FileRefused(said, _("Take some off."), field)
        if (whole := sum(sizes)) > self.together:
            raise FileTooLarge(
                _("Together the files have %(size)s; %(fits)s go out with one message.", size=size_words(whole),
                  fits=size_words(self.together)),
                _("Take some off, or send two messages."), field,
            )  # fmt: skip


def kind_of(body: bytes) -> str:
    """The media type, told by the content; `application/octet-stream` where the first bytes say nothing."""
    begins = body[:_LOOKED_AT]
    found = next((kind for mark, kind in _BEGINS if begins.startswith(mark)), "")
    if found == "application/zip":
        return next((kind for mark, kind in _INSIDE if mark in begins), found)
    if begins[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(begins[8:12], UNKNOWN)
    if begins[4:8] == b"ftyp":
        return "image/heic" if begins[8:12] in (b"heic", b"heix", b"mif1") else "video/mp4"
    return found or _kind_of_text(body, begins)


def _kind_of_text(body: bytes, begins: bytes) -> str:
    if b"\0" in begins or not body:
        return UNKNOWN
    try:
        body.decode("utf8")
    except UnicodeDecodeError:
        return UNKNOWN
    bare = begins.removeprefix(b"\xef\xbb\xbf")
    return "image/svg+xml" if _DRAWING.match(bare) else "text/html" if _MARKUP.match(bare) else "text/plain"


def file_name(claimed: str) -> str:
    """As it may be shown and saved: no folders, no control or turning marks, 120 characters at most, never empty."""
    bare = _TURNS.sub("", _CONTROL.sub(" ", claimed.encode("utf8", "replace").decode()))
    last = " ".join(re.split(r"[/\\]", bare)[-1].split()).strip(". ")
    if len(last) <= LONGEST_NAME:
        return last or "file"
    stem, dot, ending = last.rpartition(".")
    keeps = f"{dot}{ending}" if dot and len(ending) <= 10 else ""
    return (stem if keeps else last)[: LONGEST_NAME - len(keeps)] + keeps


def name_sent(field: str) -> str:
    """The name in a form, which browsers write with these three signs encoded (HTML, "multipart/form-data")."""
    return field.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def label_of(kind: str) -> str:
    """What people call a file of this kind."""
    return word(_LABELS.get(kind, _FILE))


def size_words(size: int) -> str:
    """In the unit that fits, rounded up: a file that is too large never reads as just fitting."""
    for unit, name in ((MEGABYTE, "MB"), (1000, "kB")):
        if size >= unit:
            tenths = -(-size * 10 // unit)
            return f"{forms.number(tenths / 10, 1 if tenths % 10 else 0)} {name}"
    return _("%(n)s bytes", n=size)


def said_with(text: str, names: Iterable[str]) -> str:
    """The text of a message with files: where nothing was written, a sentence that says they were sent."""
    sent = ", ".join(names)
    return text if not sent or not says_nothing(text) else _("Sent %(files)s", files=sent)


def says_only(text: str, names: Sequence[str]) -> bool:
    """Whether it says no more than that the files were sent, in whichever language that was written."""
    return bool(names) and any(text == _in(language, names) for language in languages())


def _in(language: str, names: Sequence[str]) -> str:
    with speaking(language):
        return said_with("", names)
