"""Characters folded to plain ones: case, width, accents, look-alikes and invisible marks go."""

from __future__ import annotations

import unicodedata

# Letters that pass for Latin ones, after case and accents are gone. Patterns are folded the same
# way, so a pack in another script still meets its own words.
_LOOK_ALIKES = str.maketrans(
    dict(
        zip(
            "авекмнорстухіјѕԁԛԝьпгɡɑıłøđħαβεηικνορτυχωγμςσᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
            "abekmhopctyxijsdqwbnrgailodhabenikvoptuxwyuccabcdefghijklmnoprstuvwyz",
            strict=True,
        )
    )
    | {"æ": "ae", "œ": "oe", "ß": "ss"}
)
_APOSTROPHES = "’‘ʼ`´′＇‛ꞌ"
_DROPPED = frozenset(("Cf", "Mn", "Me", "Sk"))
_BLANK = frozenset(("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"))
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_REMEMBERED = 20_000
_MOST_IN_A_ROW = 3
_LONGEST_FORM = 6  # letters that one character may stand for; some stand for a whole phrase


def _boxed_letters() -> dict[str, str]:
    """Letters drawn in boxes, discs and flags, which NFKC leaves alone."""
    rows = (0x1F150, 0x1F170, 0x1F1E6)
    return {chr(row + place): chr(ord("a") + place) for row in rows for place in range(26)}


def _fold(char: str) -> str:
    if char in _INVISIBLE_LETTERS:
        return ""
    category = unicodedata.category(char)
    if category in _DROPPED:
        return ""
    if category in _BLANK:
        return "\n" if char in "\n\r\v\f\x85\u2028\u2029" else " "
    if category == "So" and unicodedata.normalize("NFKC", char) == char:
        return f" {char} "  # a picture is a word of its own
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = "".join(part for part in plain if unicodedata.category(part) not in _DROPPED)
    return kept.translate(_LOOK_ALIKES)[:_LONGEST_FORM]


class _Folds(dict[str, str]):
    """Folded forms by character, filled as they are met."""

    def __missing__(self, char: str) -> str:
        folded = _fold(char)
        if len(self) < _REMEMBERED:
            self[char] = folded
        return folded


_FOLDS = _Folds({mark: "'" for mark in _APOSTROPHES} | _boxed_letters() | {"\u2800": " "})


def fold(text: str) -> tuple[str, list[str]]:
    """The folded text, and the piece of it that each code point became (which may be empty)."""
    pieces = [_FOLDS[char] for char in text]
    if not text.isascii():  # there are pictures beyond only
        for place in range(_MOST_IN_A_ROW, len(text)):
            if _is_picture(pieces[place]) and _is_one_more(text, place):
                pieces[place] = ""  # says nothing more
    return "".join(pieces), pieces


def _is_picture(piece: str) -> bool:
    """Whether a character became a word of its own, with room around it."""
    return piece[:1] == " " != piece


def _is_one_more(text: str, place: int) -> bool:
    """Whether those just before this character are the same, as many as are heard."""
    return text[place - _MOST_IN_A_ROW : place] == text[place] * _MOST_IN_A_ROW
