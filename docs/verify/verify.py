# pip install "pyjwt[crypto]"
import os
import sys

import jwt

keys = jwt.PyJWKClient(os.environ["COUNTERSIGN_JWKS_URI"], lifespan=300)
algorithms = {"EC": "ES256", "OKP": "EdDSA", "RSA": "RS256"}


def verify_access_token(token: str) -> dict:
    """The claims of a good access token; raises jwt.PyJWTError for every other."""
    key = keys.get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token,
        key.key,
        algorithms=[algorithms[key.key_type]],
        issuer=os.environ["COUNTERSIGN_ISSUER"],
        audience=os.environ["COUNTERSIGN_AUDIENCE"],
        options={"require": ["exp", "sub"]},
    )
    header = jwt.get_unverified_header(token)  # verified by now: the signature is over it too
    if header.get("typ") != "at+jwt" or claims.get("token_type") != "access":
        raise jwt.InvalidTokenError("not an access token")
    return claims


if __name__ == "__main__":
    status = 0
    for line in sys.stdin:
        try:
            print(verify_access_token(line.strip())["username"], flush=True)
        except jwt.PyJWTError as error:
            print(f"refused: {error}", flush=True)
            status = 1
    sys.exit(status)
