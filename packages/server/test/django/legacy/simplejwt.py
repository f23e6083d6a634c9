"""Makes and reads tokens with the real simplejwt, one question a run: {"secret", "algorithm", "make" | "read"}.

make: [[kind, claims], ...]; the claims take the place of what simplejwt would write, so the tokens are always the same.
read: tokens that a resource server is shown; told is what it makes of each, or what is wrong with it.

vectors.json holds what this printed with simplejwt 5.2.2 and PyJWT 2.6.0 for the question in vectors.test.ts.
"""

import json
import sys

from django.conf import settings

question = json.load(sys.stdin)
settings.configure(
    SECRET_KEY=question["secret"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    USE_TZ=True,
    SIMPLE_JWT={"ALGORITHM": question["algorithm"], "SIGNING_KEY": question["secret"]},
)

import django

django.setup()

from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, SlidingToken

kinds = {"refresh": RefreshToken, "access": AccessToken, "sliding": SlidingToken}


def make(kind, claims):
    token = kinds[kind]()
    for name, value in claims.items():
        token[name] = value
    return str(token)


def read(raw):
    try:
        authentication = JWTStatelessUserAuthentication()
        user = authentication.get_user(authentication.get_validated_token(raw.encode()))
        return {"user_id": user.id, "claims": user.token.payload}
    except Exception as fault:
        return {"fault": type(fault).__name__}


answer = [make(*one) for one in question["make"]] if "make" in question else [read(raw) for raw in question["read"]]
print(json.dumps(answer))
