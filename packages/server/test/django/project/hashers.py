"""A hasher as cheap as it can be, for the tests that are not about the price of a hash."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class CheapHasher(PBKDF2PasswordHasher):
    iterations = 1
