import uuid

from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import models


class Person(AbstractBaseUser):
    """Users as a project may have them that began with a model of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    login = models.CharField(max_length=150, unique=True)
    mail = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    groups = models.ManyToManyField(Group)
    USERNAME_FIELD = "login"

    class Meta:
        app_label = "people"
        db_table = "people"
