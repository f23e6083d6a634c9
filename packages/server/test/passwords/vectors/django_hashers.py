"""Makes vectors with Django's own hashers, all with low costs but for its defaults.

Run: python3 -W ignore django_hashers.py > django.json (made with Django 3.2.25, argon2-cffi 21.1.0, bcrypt 3.2.2). Django 3.2 has no
scrypt yet: derived.py makes those. The weak ones are those that Django still verifies after all these years.
"""
import json
import pathlib
import sys

import django
from django.conf import settings

settings.configure()
django.setup()

from django.contrib.auth import hashers

passwords = json.loads(pathlib.Path(__file__).with_name("passwords.json").read_text())


class LowArgon2(hashers.Argon2PasswordHasher):
    time_cost, memory_cost, parallelism = 2, 512, 2


def old_argon2(password, variant):
    """What Django up to 3.1 made was argon2i with 512 KiB."""
    import argon2

    low = argon2.low_level
    made = low.hash_secret(
        password.encode(), hashers.get_random_string(12).encode(), 2, 512, 2, 16, getattr(low.Type, variant)
    )
    return "argon2" + made.decode()


class LowBcrypt(hashers.BCryptPasswordHasher):
    rounds = 4


class LowBcryptSha256(hashers.BCryptSHA256PasswordHasher):
    rounds = 4


def crypt(password):
    hasher = hashers.CryptPasswordHasher()
    return hasher.encode(password, hasher.salt())


def salted(hasher, **cost):
    return lambda password: hasher().encode(password, hashers.get_random_string(12), **cost)


def unsalted(hasher):
    return lambda password: hasher().encode(password, "")


def bcrypt(hasher):
    return lambda password: hasher().encode(password, hasher().salt())


low_cost = {
    "pbkdf2_sha256": salted(hashers.PBKDF2PasswordHasher, iterations=1000),
    "pbkdf2_sha1": salted(hashers.PBKDF2SHA1PasswordHasher, iterations=1000),
    "argon2id": salted(LowArgon2),
    "argon2i": lambda password: old_argon2(password, "I"),
    "argon2d": lambda password: old_argon2(password, "D"),
    "bcrypt": bcrypt(LowBcrypt),
    "bcrypt_sha256": bcrypt(LowBcryptSha256),
    "md5": salted(hashers.MD5PasswordHasher),
    "sha1": salted(hashers.SHA1PasswordHasher),
    "md5 without salt": unsalted(hashers.UnsaltedMD5PasswordHasher),
    "sha1 without salt": unsalted(hashers.UnsaltedSHA1PasswordHasher),
    "des_crypt": crypt,
}
defaults = {
    "pbkdf2_sha256 as Django 3.2 makes it": salted(hashers.PBKDF2PasswordHasher),
    "argon2id as Django 3.2 makes it": salted(hashers.Argon2PasswordHasher),
    "bcrypt_sha256 as Django 3.2 makes it": bcrypt(hashers.BCryptSHA256PasswordHasher),
}
vectors = [[name, word, make(word)] for name, make in low_cost.items() for word in passwords]
vectors += [[name, passwords[1], make(passwords[1])] for name, make in defaults.items()]
beyond_ascii = hashers.PBKDF2PasswordHasher().encode(passwords[1], "s\u00e4lz", iterations=1000)
vectors += [["pbkdf2_sha256 with a salt beyond ASCII", passwords[1], beyond_ascii]]
json.dump(vectors, sys.stdout, indent=1)
print()
