package setup

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

// Egress says what the guard lets through beyond public addresses.
type Egress struct {
	Allow    []netip.Prefix `help:"Addresses that the guard lets pass although they are not public (CIDR, repeatable)." placeholder:"CIDR"`
	Map      []string       `help:"Dial ADDR:PORT whenever HOST is asked for; *.example matches any depth. The address is judged like any other." placeholder:"HOST=ADDR:PORT"`
	Resolver string         `help:"DNS server to ask. Empty: the system's." placeholder:"ADDR:PORT"`
	CAFile   string         `help:"PEM file of certificate authorities to trust besides the system's, for RDAP, lists and mail." placeholder:"FILE" type:"path"`
}

// Roots gives the certificate authorities to trust; nil means the system's alone.
func (e Egress) Roots() (*x509.CertPool, error) {
	if e.CAFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(e.CAFile)
	if err != nil {
		return nil, fmt.Errorf("%w: --ca-file: %w", scam.ErrInvalid, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: --ca-file %s holds no PEM certificate", scam.ErrInvalid, e.CAFile)
	}
	return pool, nil
}

// Guard builds the guard. Errors wrap scam.ErrInvalid and name the flag.
func (e Egress) Guard() (*egress.Guard, error) {
	roots, err := e.Roots()
	if err != nil {
		return nil, err
	}
	o := egress.Options{Allow: e.Allow, Resolver: e.Resolver, RootCAs: roots}
	for _, m := range e.Map {
		mapping, err := egress.ParseMapping(m)
		if err != nil {
			return nil, fmt.Errorf("%w: --map: %w", scam.ErrInvalid, err)
		}
		o.Map = append(o.Map, mapping)
	}
	guard, err := egress.New(o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", scam.ErrInvalid, err)
	}
	return guard, nil
}
