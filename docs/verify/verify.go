// go get github.com/golang-jwt/jwt/v5
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Claims are those of an access token.
type Claims struct {
	jwt.RegisteredClaims
	Username  string `json:"username"`
	SessionID string `json:"sid"`
	TokenType string `json:"token_type"`
}

// VerifyAccessToken returns the claims of a good access token, and an error for every other.
func VerifyAccessToken(text string) (*Claims, error) {
	claims := &Claims{}
	token, err := jwt.ParseWithClaims(text, claims, publishedKey,
		jwt.WithValidMethods([]string{"ES256", "EdDSA", "RS256"}),
		jwt.WithIssuer(os.Getenv("COUNTERSIGN_ISSUER")),
		jwt.WithAudience(os.Getenv("COUNTERSIGN_AUDIENCE")),
		jwt.WithExpirationRequired())
	if err != nil {
		return nil, err
	}
	if token.Header["typ"] != "at+jwt" || claims.TokenType != "access" || claims.Subject == "" {
		return nil, errors.New("not an access token")
	}
	return claims, nil
}

// A jwk is one published key, see RFC 7517.
type jwk struct{ Kid, Alg, X, Y, N, E string }

var (
	client = http.Client{Timeout: 5 * time.Second}
	lock   sync.Mutex
	known  []jwk
	readAt time.Time
)

// publishedKey finds the key that the token names. Keys are kept for five minutes, and read again
// for a name that is not known, at most every ten seconds.
func publishedKey(token *jwt.Token) (any, error) {
	lock.Lock()
	defer lock.Unlock()
	key := find(token)
	age := time.Since(readAt)
	if age > 5*time.Minute || key == nil && age > 10*time.Second {
		if err := read(); err != nil {
			return nil, err
		}
		key = find(token)
	}
	if key == nil || key.Alg != token.Method.Alg() {
		return nil, errors.New("no such key")
	}
	return key.public()
}

func find(token *jwt.Token) *jwk {
	for i := range known {
		if known[i].Kid == token.Header["kid"] {
			return &known[i]
		}
	}
	return nil
}

func read() error {
	answer, err := client.Get(os.Getenv("COUNTERSIGN_JWKS_URI"))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New("keys: " + answer.Status)
	}
	var set struct{ Keys []jwk }
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return err
	}
	known, readAt = set.Keys, time.Now()
	return nil
}

func (key jwk) public() (any, error) {
	number := func(text string) *big.Int {
		bytes, _ := base64.RawURLEncoding.DecodeString(text)
		return new(big.Int).SetBytes(bytes)
	}
	switch key.Alg {
	case "ES256":
		return &ecdsa.PublicKey{Curve: elliptic.P256(), X: number(key.X), Y: number(key.Y)}, nil
	case "RS256":
		return &rsa.PublicKey{N: number(key.N), E: int(number(key.E).Int64())}, nil
	case "EdDSA":
		bytes, err := base64.RawURLEncoding.DecodeString(key.X)
		return ed25519.PublicKey(bytes), err
	}
	return nil, errors.New("a key of another kind")
}

func main() {
	status := 0
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if claims, err := VerifyAccessToken(lines.Text()); err == nil {
			fmt.Println(claims.Username)
		} else {
			fmt.Println("refused:", err)
			status = 1
		}
	}
	os.Exit(status)
}
