from django.urls import path
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
    TokenVerifyView,
)
from views import Dashboard, Logout, Protected, Register, WhoAmI

urlpatterns = [
    path("api/register/", Register.as_view()),
    path("api/login/", TokenObtainPairView.as_view()),
    path("api/logout/", Logout.as_view()),
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/token/verify/", TokenVerifyView.as_view()),
    path("api/token/blacklist/", TokenBlacklistView.as_view()),
    path("api/protected/", Protected.as_view()),
    path("api/dashboard/", Dashboard.as_view()),
    path("api/whoami/", WhoAmI.as_view()),
]
