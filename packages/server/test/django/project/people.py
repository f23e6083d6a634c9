"""Does what each line of standard input asks, in JSON, and answers with a line of JSON, beside the running project:
`make` a user with a hasher, `log_in`, `find`, `disable`, `delete`."""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django

django.setup()

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from rest_framework_simplejwt.tokens import RefreshToken


def make(username, password, hasher="default", groups=(), **fields):
    user = User.objects.create(username=username, password=make_password(password, hasher=hasher), **fields)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    return {"id": user.id, "password": user.password}


def log_in(username):
    token = RefreshToken.for_user(User.objects.get(username=username))
    return {"refresh": str(token), "access": str(token.access_token)}


def find(username):
    return User.objects.filter(username=username).values("id", "is_staff", "is_superuser", "is_active").first()


def disable(id):
    return User.objects.filter(id=id).update(is_active=False)


def delete(id):
    return User.objects.filter(id=id).delete()[0]


verbs = {"make": make, "log_in": log_in, "find": find, "disable": disable, "delete": delete}
for line in sys.stdin:
    order = json.loads(line)
    print(json.dumps(verbs[order.pop("do")](**order)), flush=True)
