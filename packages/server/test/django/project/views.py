"""What a project writes itself beside simplejwt's views: registering, a guarded page, logging out."""

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenBlacklistView

User = get_user_model()


class RegisterSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(
        max_length=254, validators=[UniqueValidator(queryset=User.objects.all(), lookup="iexact")]
    )

    class Meta:
        model = User
        fields = ["id", "username", "email", "password"]
        extra_kwargs = {"password": {"write_only": True}}

    def validate(self, attrs):
        try:
            validate_password(attrs["password"], User(username=attrs["username"], email=attrs["email"]))
        except ValidationError as fault:
            raise serializers.ValidationError({"password": fault.messages})
        return attrs

    def create(self, attrs):
        return User.objects.create_user(**attrs)


class Register(generics.CreateAPIView):
    serializer_class = RegisterSerializer
    permission_classes = [AllowAny]


class Protected(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"message": f"Hello {request.user.username}, you have accessed a protected route!"})


class Dashboard(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"message": f"Welcome {request.user.username}, this is your dashboard!"})


class Logout(TokenBlacklistView):
    def post(self, request, *args, **kwargs):
        super().post(request, *args, **kwargs)
        return Response({"message": "Logged out successfully"})


class WhoAmI(APIView):
    """Also for a user whom a token alone makes known, and no row."""

    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"id": request.user.id, "kind": type(request.user).__name__})
