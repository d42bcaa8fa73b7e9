"""Keys that frameworks make: by chance they hold what looks like a variable or a slot."""

from __future__ import annotations

import random

from secretshift.detection import Detector

_DJANGO = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


def test_a_key_of_django_is_found_whatever_signs_it_got(detector: Detector) -> None:
    chance = random.Random(5)
    missed = []
    for number in range(100):
        key = "".join(chance.choices(_DJANGO, k=50))
        if number % 2:
            key = "django-insecure-" + key
        found = detector.text("site/settings.py", f"SECRET_KEY = '{key}'\n")
        if key not in [one.secret.reveal() for one in found]:
            missed.append(number)
    assert len(missed) <= 2, missed


def test_a_salt_of_wordpress_is_found_with_what_looks_like_a_slot_in_it(
    detector: Detector,
) -> None:
    key = "z*.>Ax:zXMcU1vsHiQM{[a].?RiNTN9/Ox98{hw}GcTZc(1UW_b5f?x|zp|7S$T^"
    assert len(key) == 64
    found = detector.text("wp-config.php", f"define( 'NONCE_SALT', '{key}' );\n")
    assert [one.secret.reveal() for one in found] == [key]


def test_an_expression_for_passwords_is_none(detector: Detector) -> None:
    form = r"^(?=.*[A-Z])(?=.*[0-9])(?=.*[!@#$%^&*(){}<>~+=,.;:/?|])[a-z ]{8,64}$"
    assert detector.text("forms.py", f"PASSWORD_FORM = '{form}'\npassword = '{form[:64]}'\n") == ()
