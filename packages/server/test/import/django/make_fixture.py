"""Writes a Django project's database, as its own code makes it, and then its SQL.

Run by hand where Django, simplejwt and allauth are installed:
    python3 make_fixture.py usual  > ../fixtures/django-usual.sql
    python3 make_fixture.py custom > ../fixtures/django-custom.sql
"""

import datetime
import os
import sqlite3
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
kind = sys.argv[1]
file = os.path.join(tempfile.mkdtemp(), "db.sqlite3")

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sites",
        "allauth",
        "allauth.account",
        "rest_framework_simplejwt.token_blacklist",
        *(["people"] if kind == "custom" else []),
    ],
    **({"AUTH_USER_MODEL": "people.Person"} if kind == "custom" else {}),
    PASSWORD_HASHERS=[
        f"django.contrib.auth.hashers.{name}"
        for name in (
            "PBKDF2PasswordHasher PBKDF2SHA1PasswordHasher Argon2PasswordHasher BCryptSHA256PasswordHasher "
            "BCryptPasswordHasher SHA1PasswordHasher MD5PasswordHasher UnsaltedSHA1PasswordHasher "
            "UnsaltedMD5PasswordHasher CryptPasswordHasher"
        ).split()
    ],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    SECRET_KEY="a secret key of a project that is left behind",
    SITE_ID=1,
    USE_TZ=True,
)
sys.path.insert(0, os.path.dirname(__file__))
django.setup()

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

call_command("migrate", run_syncdb=True, verbosity=0)
User = get_user_model()
UTC = datetime.timezone.utc
joined = datetime.datetime(2020, 2, 29, 12, 30, 15, 678901, tzinfo=UTC)
password = "lètmein 123"
editors, staff = (Group.objects.create(name=name) for name in ("editors", "Ünïcode, “quoted”"))


def add(name, hasher="pbkdf2_sha256", **fields):
    encoded = make_password(password, hasher=hasher) if hasher else make_password(None)
    return User.objects.create(username=name, password=encoded, date_joined=joined, **fields)


def token(user, jti, days):
    ends = datetime.datetime(2027, 1, 15, 8, 0, 0, tzinfo=UTC) + datetime.timedelta(days=days)
    return OutstandingToken.objects.create(
        user=user, jti=jti, token=f"the text of {jti}", created_at=joined, expires_at=ends
    )


if kind == "custom":
    for number in (1, 2):
        person = User(login=f"person{number}@example.com", mail=f"Person{number}@Example.com")
        person.id = f"0198f5a0-0000-4000-8000-00000000000{number}"
        person.password = make_password(password)
        person.save()
        person.groups.add(editors)
        token(person, f"jti-{number}", 1)
else:
    alice = add(
        "alice",
        email="alice@example.com",
        first_name="Alice",
        last_name="Liddell",
        is_staff=True,
        is_superuser=True,
        last_login=joined + datetime.timedelta(days=400),
    )
    alice.groups.add(staff, editors)
    EmailAddress.objects.create(user=alice, email="Alice@example.com", verified=True, primary=True)
    add("Žofie", hasher="argon2", email="zofie@example.com").groups.add(editors)
    add("bcrypt", hasher="bcrypt_sha256")
    add("bcrypt-plain", hasher="bcrypt")
    add("sha1-pbkdf2", hasher="pbkdf2_sha1")
    add("nobody.yet", hasher=None, email="nobody@example.com")
    disabled = add("disabled", is_active=False)
    disabled.email = "disabled@example.com"
    disabled.save()
    EmailAddress.objects.create(user=disabled, email="disabled@example.com", verified=False, primary=True)
    for weak in ("md5", "sha1", "unsalted_md5", "unsalted_sha1", "crypt"):
        add(f"weak-{weak}", hasher=weak)
    add("ALICE", email="other@example.com")
    add("shared", email="ALICE@example.com")
    token(alice, "live", 3)
    BlacklistedToken.objects.create(token=token(alice, "blacklisted", 3))
    token(alice, "expired", -1)
    token(None, "of-nobody", 3)

sys.stdout.write("\n".join(sqlite3.connect(file).iterdump()) + "\n")
