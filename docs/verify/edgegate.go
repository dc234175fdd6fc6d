// Package edgegate tells an origin written in Go who is asking. It needs nothing but the standard library.
//
//	verifier := edgegate.New(issuer, audience, jwksURL)
//	http.Handle("/reports", verifier.Require(reports)) // and there: edgegate.VisitorOf(request.Context())
package edgegate

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Claims of a genuine assertion. Numbers are float64, lists []any, as encoding/json makes them.
type Claims map[string]any

// Subject is who it is; it stays the same for life.
func (claims Claims) Subject() string { return claims["sub"].(string) }

type Verifier struct {
	issuer, audience, jwksURL string
	mutex                     sync.Mutex
	keys                      map[string]key
	fetchedAt                 time.Time
}

type key struct{ Alg, Kid, Kty, Crv, X, Y string }

var errRefused = errors.New("the assertion is refused")
var form = regexp.MustCompile(`\A[\w-]+\.[\w-]+\.[\w-]+\z`)
var client = &http.Client{Timeout: 5 * time.Second}

func New(issuer, audience, jwksURL string) *Verifier {
	if issuer == "" || audience == "" {
		panic("edgegate: issuer and audience must be given")
	}
	return &Verifier{issuer: issuer, audience: audience, jwksURL: jwksURL}
}

// Verify gives the claims of a genuine assertion for this origin.
func (v *Verifier) Verify(token string) (Claims, error) {
	if len(token) > 8192 || !form.MatchString(token) {
		return nil, errRefused
	}
	parts := strings.Split(token, ".")
	header, body := object(parts[0]), object(parts[1])
	kid, _ := header["kid"].(string)
	key, found := v.keyNamed(kid)
	// The key decides the algorithm; no jku, crit or other surprises.
	if !found || len(header) != 3 || header["alg"] != key.Alg || header["typ"] != "edgegate-assertion+jwt" {
		return nil, errRefused
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || !key.signed([]byte(parts[0]+"."+parts[1]), signature) {
		return nil, errRefused
	}
	issued, started, ends := instant(body["iat"]), instant(body["nbf"]), instant(body["exp"])
	now, leeway := float64(time.Now().Unix()), 5.0
	subject, _ := body["sub"].(string)
	if issued < 0 || started < 0 || ends < 0 || ends <= now-leeway || started > now+leeway || issued > now+leeway ||
		ends-issued > 60 || subject == "" || body["iss"] != v.issuer || !names(body["aud"], v.audience) {
		return nil, errRefused
	}
	return body, nil
}

func (key key) signed(message, signature []byte) bool {
	x, err := base64.RawURLEncoding.DecodeString(key.X)
	if err != nil {
		return false
	}
	switch {
	case key.Alg == "EdDSA" && key.Kty == "OKP" && key.Crv == "Ed25519" && len(x) == ed25519.PublicKeySize:
		return ed25519.Verify(x, message, signature)
	case key.Alg == "ES256" && key.Kty == "EC" && key.Crv == "P-256" && len(signature) == 64:
		y, err := base64.RawURLEncoding.DecodeString(key.Y)
		public := ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
		if err != nil || !public.Curve.IsOnCurve(public.X, public.Y) {
			return false
		}
		digest := sha256.Sum256(message)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(&public, digest[:], r, s)
	}
	return false
}

// keyNamed fetches the keys every five minutes, for an unknown name at most every ten seconds: anybody can send those.
func (v *Verifier) keyNamed(kid string) (key, bool) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	_, known := v.keys[kid]
	if age := time.Since(v.fetchedAt); age > 5*time.Minute || (!known && age > 10*time.Second) {
		v.fetchedAt = time.Now()
		if fetched, err := fetch(v.jwksURL); err == nil {
			v.keys = fetched
		} else {
			v.keys = nil
		}
	}
	found, known := v.keys[kid]
	return found, known
}

func fetch(url string) (map[string]key, error) {
	response, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var set struct{ Keys []key }
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&set); err != nil || response.StatusCode != 200 {
		return nil, errors.New("the keys cannot be had")
	}
	keys := map[string]key{}
	for _, key := range set.Keys {
		keys[key.Kid] = key
	}
	return keys, nil
}

// object decodes a part into a map and not a struct: encoding/json takes "ALG" for a field of that name.
func object(part string) map[string]any {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	members := map[string]any{}
	if err != nil || !utf8.Valid(text) || json.Unmarshal(text, &members) != nil {
		return nil
	}
	return members
}

// instant is -1 for what is no whole number of seconds: a missing claim, "123", 1e300.
func instant(claim any) float64 {
	seconds, isNumber := claim.(float64)
	if !isNumber || seconds < 0 || seconds > 1<<53 || seconds != float64(int64(seconds)) {
		return -1
	}
	return seconds
}

func names(audience any, wanted string) bool {
	if list, isList := audience.([]any); isList {
		for _, one := range list {
			if one == wanted {
				return true
			}
		}
		return false
	}
	return audience == wanted
}

type contextKey struct{}

// VisitorOf is nil where nobody was recognised.
func VisitorOf(ctx context.Context) Claims {
	claims, _ := ctx.Value(contextKey{}).(Claims)
	return claims
}

// Require answers 401 to whoever comes without a genuine assertion.
func (v *Verifier) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		claims, err := v.Verify(strings.Join(request.Header.Values("X-Auth-Assertion"), ","))
		if err != nil {
			response.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(response, request.WithContext(context.WithValue(request.Context(), contextKey{}, claims)))
	})
}
