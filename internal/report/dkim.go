package report

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"

	"popdown/internal/scam"
)

// DKIM signs messages (RFC 6376), so that the recipient can tell that they are ours. The
// public key stands in the TXT record <Selector>._domainkey.<Domain>.
type DKIM struct {
	Domain   string        // d=; must align with the domain of From (DMARC)
	Selector string        // s=
	Key      crypto.Signer // RSA of 2048 bits, or Ed25519
}

// ParseKey reads a DKIM private key from PEM, PKCS #8 or PKCS #1. The error wraps scam.ErrInvalid.
func ParseKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%w: DKIM key is not PEM", scam.ErrInvalid)
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: DKIM key: %w", scam.ErrInvalid, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: DKIM key of type %T cannot sign", scam.ErrInvalid, key)
	}
	return signer, nil
}

// sign puts the signature before the message. The threading fields are signed too, absent
// or not, so that nobody can add them.
func (d *DKIM) sign(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: d.Key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
			"Auto-Submitted", "MIME-Version", "Content-Type"},
	})
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	return out.Bytes(), nil
}
