"""Codes are made of the whole list, and what stands for one at rest cannot be tried without us."""

from __future__ import annotations

from importlib import resources

import pytest

from helpline.domain import errors, way_back
from helpline.store import codes
from helpline.store.codes import Codes

SECRET = "a secret that is only for tests and nothing else"
CODE = "abacus t-shirt yo-yo moonrise otter zebra"


def test_the_list_is_whole_and_no_word_begins_another():
    plain = {way_back.plain(each) for each in codes.words()}

    assert len(codes.words()) == 7_776
    assert all(each for each in plain)
    assert not [each for each in plain if any(each[:size] in plain for size in range(1, len(each)))]


def test_a_list_that_is_not_whole_is_refused(monkeypatch, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "eff-long").write_text("11111\tabacus\n" * 7_776)
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    codes.words.cache_clear()

    with pytest.raises(codes.NotTheList):
        codes.words()
    codes.words.cache_clear()


def test_a_code_is_six_words_and_never_the_same():
    made = [Codes(SECRET).new() for _ in range(20)]

    assert len(set(made)) == 20
    assert all(len(each.split(" ")) == 6 for each in made)
    assert all(Codes(SECRET).look_like_one(each.upper().replace(" ", "-")) for each in made)


def test_what_stands_for_a_code_is_argon2_under_the_secret():
    ours = Codes(SECRET)

    assert ours.digest(CODE) == ours.digest(CODE.upper().replace(" ", "-"))
    assert ours.digest(CODE) != ours.digest(CODE + "s")
    assert ours.digest(CODE) != Codes(SECRET + "!").digest(CODE)
    assert len(bytes.fromhex(ours.digest(CODE))) == 32
    # Known: so that no change of parts makes every code void unseen.
    assert ours.digest(CODE).startswith("76b71423026367ee")


def test_what_is_too_long_is_not_even_hashed(monkeypatch):
    monkeypatch.setattr(codes, "hash_secret_raw", lambda *_, **__: pytest.fail("was hashed"))

    with pytest.raises(errors.UnknownCode):
        Codes(SECRET).digest("a" * 129)
