package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// CA is the offline Internet's certificate authority. Its key never leaves memory.
type CA struct {
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	now    func() time.Time
	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

// NewCA makes an authority that is valid for 30 days from now.
func NewCA(now func() time.Time) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make practice CA: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Practice Internet CA", Organization: []string{"Popdown practice"}},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
		PermittedDNSDomains:   []string{"example", "localhost"}, // it can vouch for nothing real
	}
	ca := &CA{key: key, now: now, leaves: map[string]*tls.Certificate{}}
	der, err := ca.sign(template, template, &key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("make practice CA: %w", err)
	}
	if ca.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("make practice CA: %w", err)
	}
	return ca, nil
}

// PEM is the authority's certificate.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

// Pool trusts this authority alone.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// Leaf gives a host's certificate, made on first use. Names outside .example are refused;
// an empty name stands for the loopback address.
func (ca *CA) Leaf(host string) (*tls.Certificate, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	names := []string{host}
	var ips []net.IP
	if host == "" || host == "localhost" {
		host, names, ips = "localhost", []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	} else if !strings.HasSuffix(host, ".example") {
		return nil, fmt.Errorf("no certificate for %q: not below .example", host)
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if leaf, ok := ca.leaves[host]; ok {
		return leaf, nil
	}
	leaf, err := ca.issue(host, names, ips)
	if err != nil {
		return nil, fmt.Errorf("certificate for %s: %w", host, err)
	}
	ca.leaves[host] = leaf
	return leaf, nil
}

func (ca *CA) issue(host string, names []string, ips []net.IP) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := ca.sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: host},
		DNSNames:    names,
		IPAddresses: ips,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca.cert, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, ca.cert.Raw}, PrivateKey: key}, nil
}

func (ca *CA) sign(template, parent *x509.Certificate, public *ecdsa.PublicKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = ca.now().Add(-time.Hour)
	template.NotAfter = ca.now().Add(30 * 24 * time.Hour)
	return x509.CreateCertificate(rand.Reader, template, parent, public, ca.key)
}

// TLS is a server's configuration that answers each SNI host with its own certificate.
func (ca *CA) TLS(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     protocols,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) { return ca.Leaf(hello.ServerName) },
	}
}
