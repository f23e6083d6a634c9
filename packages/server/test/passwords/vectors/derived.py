"""Computes vectors where the software itself is not at hand, with Python's hashlib and cryptography.

They follow the layouts of: Django's ScryptPasswordHasher (4.0 and later), better-auth's password.ts (scrypt, NFKC, the
hexadecimal salt as text), Keycloak's PBKDF2 with keys of 32 and 64 bytes and its Argon2, Firebase's scrypt, and what
directories hold that passlib does not make.

Run: python3 derived.py > derived.json (made with Python 3.11, OpenSSL 3.0, cryptography 38.0, argon2-cffi 21.1.0)
"""
import base64
import hashlib
import json
import pathlib
import sys
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

passwords = json.loads(pathlib.Path(__file__).with_name("passwords.json").read_text())
bytes_salt = bytes(range(16))
signer_key = bytes(range(64))


def padded(data):
    return base64.b64encode(data).decode()


def unpadded(data):
    return padded(data).rstrip("=")


def scrypt(password, salt, n, r, p, length=64):
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=length, maxmem=256 * n * r)


def django_scrypt(n, r, p):
    return lambda word: f"scrypt${n}$seasalt${r}${p}${padded(scrypt(word, b'seasalt', n, r, p))}"


def phc_scrypt(word):
    return f"$scrypt$ln=10,r=8,p=1${unpadded(bytes_salt)}${unpadded(scrypt(word, bytes_salt, 1024, 8, 1))}"


def better_auth(word):
    salt = bytes_salt.hex()
    return f"{salt}:{scrypt(unicodedata.normalize('NFKC', word), salt.encode(), 16384, 16, 1).hex()}"


def phc_pbkdf2(name, length):
    def make(word):
        key = hashlib.pbkdf2_hmac(name, word.encode(), bytes_salt, 1000, length)
        return f"$pbkdf2-{name}$i=1000,l={length}${unpadded(bytes_salt)}${unpadded(key)}"

    return make


def openldap_pbkdf2(word):
    key = hashlib.pbkdf2_hmac("sha1", word.encode(), bytes_salt, 1000, 20)
    return f"{{PBKDF2-SHA1}}1000${unpadded(bytes_salt)}${unpadded(key)}".replace("+", ".")


def ldap(name, salt):
    scheme = ("S" if salt else "") + name.upper()
    return lambda word: f"{{{scheme}}}{padded(hashlib.new(name, word.encode() + salt).digest() + salt)}"


def keycloak_argon2(word):
    key = hash_secret_raw(word.encode(), bytes_salt, 5, 7168, 1, 32, Type.ID, 19)
    return f"$argon2id$v=19$m=7168,t=5,p=1${unpadded(bytes_salt)}${unpadded(key)}"


def firebase(word):
    key = scrypt(word, bytes_salt + b"\x07", 1024, 8, 1, 32)
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(signer_key)


def firescrypt(word):
    parts = [bytes_salt, firebase(word), b"\x07", signer_key]
    return "$firescrypt$ln=10,r=8,p=1$" + "$".join(map(padded, parts))


def fbscrypt(word):
    head = f"$fbscrypt$v=1,n=10,r=8,p=1,ss={padded(bytes([7]))},sk={padded(signer_key)}"
    return f"{head}${padded(bytes_salt)}${padded(firebase(word))}"


low_cost = {
    "scrypt, Django": django_scrypt(1024, 8, 1),
    "scrypt, PHC": phc_scrypt,
    "pbkdf2_sha1, PHC": phc_pbkdf2("sha1", 20),
    "pbkdf2_sha256, Keycloak, 32 bytes": phc_pbkdf2("sha256", 32),
    "pbkdf2_sha256, Keycloak, 64 bytes": phc_pbkdf2("sha256", 64),
    "pbkdf2_sha512, Keycloak, 64 bytes": phc_pbkdf2("sha512", 64),
    "pbkdf2_sha1, OpenLDAP": openldap_pbkdf2,
    "ldap_sha256": ldap("sha256", b""),
    "ldap_sha384": ldap("sha384", b""),
    "ldap_sha512": ldap("sha512", b""),
    "ldap_ssha384": ldap("sha384", bytes_salt),
    "firebase_scrypt": firescrypt,
    "firebase_scrypt, Supabase": fbscrypt,
}
usual = {
    "scrypt as Django 4 makes it": django_scrypt(16384, 8, 1),
    "scrypt as Django 5 makes it": django_scrypt(16384, 8, 5),
    "scrypt as better-auth makes it": better_auth,
    "argon2id as Keycloak makes it": keycloak_argon2,
}
vectors = [[name, word, make(word)] for name, make in low_cost.items() for word in passwords]
vectors += [[name, word, make(word)] for name, make in usual.items() for word in passwords[:2]]
json.dump(vectors, sys.stdout, indent=1)
print()
