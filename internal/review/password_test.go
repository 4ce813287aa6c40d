package review

import (
	"errors"
	"strings"
	"testing"

	"popdown/internal/scam"
)

func TestHashPassword(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("hash %q", hash)
	}
	if !CheckPassword(hash, "correct horse") || CheckPassword(hash, "correct horsf") || CheckPassword(hash, "") {
		t.Error("the hash does not tell passwords apart")
	}
	for _, pw := range []string{"", "short", strings.Repeat("x", 1025)} {
		if _, err := HashPassword(pw); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%d bytes: %v, want ErrInvalid", len(pw), err)
		}
	}
}

// The reference implementation's hash (github.com/P-H-C/phc-winner-argon2, test.c).
func TestCheckPasswordReadsOthersHashes(t *testing.T) {
	t.Parallel()
	const reference = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if !CheckPassword(reference, "password") {
		t.Error("the reference hash does not match")
	}
}

func TestCheckPasswordRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	good := hashAt("pw", cost{64, 1, 1})
	for _, hash := range []string{"", "pw", "$argon2id$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=999999999", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1),
		good[:strings.LastIndex(good, "$")+1], good[:len(good)-30], good + "!"} {
		if CheckPassword(hash, "pw") {
			t.Errorf("%q matches", hash)
		}
	}
}
