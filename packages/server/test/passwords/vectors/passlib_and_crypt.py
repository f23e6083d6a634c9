"""Makes vectors with passlib, and those of crypt(3) with the C library.

Run: python3 -W ignore passlib_and_crypt.py > passlib-and-crypt.json (made with passlib 1.7.4, argon2-cffi 21.1.0 and
libxcrypt 4.4.33 under Python 3.11, the last ones whose Python has the module crypt).
"""
import crypt
import json
import pathlib
import sys

from argon2.low_level import Type, hash_secret
from passlib import hash as hashes

passwords = json.loads(pathlib.Path(__file__).with_name("passwords.json").read_text())


def argon2(variant, version):
    return lambda password: hash_secret(
        password.encode(), b"salt of argon2", 2, 64, 2, 32, variant, version=version
    ).decode()


def c_library(setting):
    return lambda password: crypt.crypt(password, setting)


low_cost = {
    "pbkdf2_sha1, passlib": hashes.pbkdf2_sha1.using(rounds=1000).hash,
    "pbkdf2_sha256, passlib": hashes.pbkdf2_sha256.using(rounds=1000).hash,
    "pbkdf2_sha512, passlib": hashes.pbkdf2_sha512.using(rounds=1000).hash,
    "pbkdf2_sha1, LDAP": hashes.ldap_pbkdf2_sha1.using(rounds=1000).hash,
    "pbkdf2_sha256, LDAP": hashes.ldap_pbkdf2_sha256.using(rounds=1000).hash,
    "pbkdf2_sha512, LDAP": hashes.ldap_pbkdf2_sha512.using(rounds=1000).hash,
    "scrypt, passlib": hashes.scrypt.using(rounds=8, parallelism=2).hash,
    "scrypt, passlib, as crypt(3)": hashes.scrypt.using(ident="$7$", rounds=8, parallelism=2).hash,
    "scrypt, crypt(3)": c_library("$7$6/..../....SodiumChloride"),
    "argon2i, version 16": argon2(Type.I, 16),
    "argon2id, version 16": argon2(Type.ID, 16),
    "argon2d, PHC": argon2(Type.D, 19),
    "argon2id, PHC": argon2(Type.ID, 19),
    "bcrypt 2a": hashes.bcrypt.using(ident="2a", rounds=4).hash,
    "bcrypt 2b": hashes.bcrypt.using(rounds=4).hash,
    "sha256_crypt": c_library("$5$rounds=1000$saltstring"),
    "sha256_crypt, usual rounds": c_library("$5$sixteen_letters_"),
    "sha512_crypt": c_library("$6$rounds=1234$s"),
    "sha512_crypt, passlib": hashes.sha512_crypt.using(rounds=5000).hash,
    "bcrypt, LDAP": hashes.ldap_bcrypt.using(rounds=4).hash,
    "sha512_crypt, LDAP": hashes.ldap_sha512_crypt.using(rounds=1000).hash,
    "ldap_md5": hashes.ldap_md5.hash,
    "ldap_smd5": hashes.ldap_salted_md5.hash,
    "ldap_sha": hashes.ldap_sha1.hash,
    "ldap_ssha": hashes.ldap_salted_sha1.hash,
    "ldap_ssha256": hashes.ldap_salted_sha256.hash,
    "ldap_ssha512": hashes.ldap_salted_sha512.hash,
}
vectors = [[name, word, make(word)] for name, make in low_cost.items() for word in passwords]
vectors += [["sha512_crypt as passlib makes it", passwords[1], hashes.sha512_crypt.hash(passwords[1])]]
vectors += [["scrypt as passlib makes it", passwords[1], hashes.scrypt.hash(passwords[1])]]
json.dump(vectors, sys.stdout, indent=1)
print()
