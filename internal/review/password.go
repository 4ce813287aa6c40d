package review

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"popdown/internal/scam"
)

// cost is how dear one password check is.
type cost struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

// standardCost is the second recommended option of RFC 9106, section 4.
func standardCost() cost { return cost{memory: 64 << 10, time: 3, threads: 4} }

const (
	saltBytes = 16
	keyBytes  = 32
	minLength = 10   // characters of a password
	maxLength = 1024 // bytes of a password
)

// HashPassword returns the argon2id hash of a password as a PHC string
// (https://github.com/P-H-C/phc-string-format). A password of fewer than 10
// characters or more than 1024 bytes is scam.ErrInvalid.
func HashPassword(pw string) (string, error) {
	if len([]rune(pw)) < minLength || len(pw) > maxLength {
		return "", fmt.Errorf("%w: a password has at least %d characters and at most %d bytes", scam.ErrInvalid, minLength, maxLength)
	}
	return hashAt(pw, standardCost()), nil
}

func hashAt(pw string, c cost) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	key := argon2.IDKey([]byte(pw), salt, c.time, c.memory, c.threads, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.memory, c.time, c.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// CheckPassword tells whether a password belongs to an argon2id PHC string. It compares
// in constant time, and is false for any hash that it can't read.
func CheckPassword(hash, pw string) bool {
	c, salt, want, err := parsePHC(hash)
	if err != nil || len(pw) > maxLength {
		return false
	}
	got := argon2.IDKey([]byte(pw), salt, c.time, c.memory, c.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// parsePHC reads $argon2id$v=19$m=65536,t=3,p=4$salt$key within bounds that no sane
// hash leaves, so that a spoilt row can't take all memory.
func parsePHC(hash string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("%w: not an argon2id hash", scam.ErrInvalid)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return c, nil, nil, fmt.Errorf("%w: argon2id parameters: %w", scam.ErrInvalid, err)
	}
	if c.memory > 1<<20 || c.time < 1 || c.time > 64 || c.threads < 1 {
		return c, nil, nil, fmt.Errorf("%w: argon2id parameters out of bounds", scam.ErrInvalid)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("%w: argon2id salt: %w", scam.ErrInvalid, err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return c, nil, nil, fmt.Errorf("%w: argon2id key: %w", scam.ErrInvalid, err)
	}
	if len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, fmt.Errorf("%w: argon2id salt or key length", scam.ErrInvalid)
	}
	return c, salt, key, nil
}

// passwords checks logins, two at a time: each check takes 64 MiB.
type passwords struct {
	slots chan struct{}
	dummy string // what an unknown user's password is checked against
}

func newPasswords() *passwords {
	c := standardCost()
	b64 := base64.RawStdEncoding
	return &passwords{
		slots: make(chan struct{}, 2),
		dummy: fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads,
			b64.EncodeToString(make([]byte, saltBytes)), b64.EncodeToString(make([]byte, keyBytes))),
	}
}

// match takes the same time for an unknown user as for a wrong password, so that a
// login form tells nobody which names exist.
func (p *passwords) match(u scam.User, known bool, pw string) bool {
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	hash := p.dummy
	if known {
		hash = u.PasswordHash
	}
	return CheckPassword(hash, pw) && known
}
