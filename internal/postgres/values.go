package postgres

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype/zeronull"
)

// clean prepares arguments that pages may have chosen: PostgreSQL takes neither NUL nor
// broken UTF-8 in text. Zero times become NULL, others UTC.
func clean(args ...any) []any {
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = cleanText(a)
		case time.Time:
			if a.IsZero() {
				args[i] = nil
			} else {
				args[i] = a.UTC()
			}
		}
	}
	return args
}

func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// asJSON is an argument for a jsonb column; a nil slice becomes JSON's null, not SQL's.
type asJSON struct{ v any }

// MarshalJSON replaces NUL, which jsonb refuses.
func (j asJSON) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(j.v)
	if err != nil {
		return nil, err
	}
	return withoutNUL(b), nil
}

// withoutNUL replaces the escape of NUL in JSON, but not a backslash followed by "u0000".
func withoutNUL(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u0000`)) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\\' && bytes.HasPrefix(b[i:], []byte(`\u0000`)):
			out = append(out, `\ufffd`...)
			i += 5
		case b[i] == '\\': // an escape: two bytes at least
			out = append(out, b[i], b[i+1])
			i++
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// key is the SHA-256 under which a URL is unique, however long it is.
func key(normalised string) []byte {
	sum := sha256.Sum256([]byte(normalised))
	return sum[:]
}

// nullID writes zero as NULL.
func nullID(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// zeroTime reads NULL as the zero time.
func zeroTime(t *time.Time) *zeronull.Timestamptz { return (*zeronull.Timestamptz)(t) }

// zeroID reads NULL as zero.
func zeroID(n *int64) *zeronull.Int8 { return (*zeronull.Int8)(n) }
