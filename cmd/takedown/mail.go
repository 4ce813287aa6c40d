package main

import (
	"fmt"
	"os"
	"strings"

	"popdown/internal/report"
	"popdown/internal/scam"
	"popdown/internal/setup"
)

// mailFlags say who writes and how letters leave.
type mailFlags struct {
	MailFrom         string `help:"Address that reports come from; its domain stands in Message-IDs. A mailbox that somebody reads." default:"takedown@popdown.invalid" placeholder:"ADDRESS"`
	MailName         string `help:"Name of the person or desk that reports." default:"Takedown desk"`
	MailOrganization string `help:"Organisation that reports." default:"Popdown operator"`
	MailReplyTo      string `help:"Where answers go. Empty: the sender." placeholder:"ADDRESS"`
	MailPolicyURL    string `help:"Page that says who you are and how to appeal." placeholder:"URL"`
	SMTPAddr         string `help:"Submission server. Empty: reports can only be rehearsed." placeholder:"HOST:PORT"`
	SMTPImplicitTLS  bool   `help:"TLS from the first byte (port 465) instead of STARTTLS."`
	SMTPUser         string `help:"Account on the submission server."`
	SMTPPasswordFile string `help:"File that holds its password." placeholder:"FILE" type:"path"`
	DKIMKeyFile      string `help:"PEM file of the key that signs our mail. Empty: the server signs, or nobody." placeholder:"FILE" type:"path"`
	DKIMSelector     string `help:"Selector under which the key is published." default:"popdown"`
}

func (f mailFlags) domain() string {
	_, domain, _ := strings.Cut(f.MailFrom, "@")
	return domain
}

// composer writes letters in the operator's name.
func (f mailFlags) composer() (report.Composer, error) {
	if _, domain, ok := strings.Cut(f.MailFrom, "@"); !ok || domain == "" {
		return report.Composer{}, fmt.Errorf("%w: --mail-from %q is not an address", scam.ErrInvalid, f.MailFrom)
	}
	return report.Composer{
		Org: f.MailOrganization, Name: f.MailName, From: f.MailFrom, ReplyTo: f.MailReplyTo, PolicyURL: f.MailPolicyURL, Domain: f.domain(),
	}, nil
}

// channel hands letters to the submission server; rehearsals go to dir.
func (f mailFlags) channel(e setup.Egress, dir string) (*report.Mail, error) {
	roots, err := e.Roots()
	if err != nil {
		return nil, err
	}
	var password string
	if f.SMTPPasswordFile != "" {
		b, err := os.ReadFile(f.SMTPPasswordFile)
		if err != nil {
			return nil, fmt.Errorf("%w: --smtp-password-file: %w", scam.ErrInvalid, err)
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	signature, err := f.dkim()
	if err != nil {
		return nil, err
	}
	return &report.Mail{
		DKIM: signature, Addr: f.SMTPAddr, Implicit: f.SMTPImplicitTLS, User: f.SMTPUser, Password: password, RootCAs: roots,
		Domain: f.domain(), EnvelopeFrom: f.MailFrom, ReplyTo: f.MailReplyTo, Dir: dir,
	}, nil
}

// dkim reads the signing key; nil: none is set.
func (f mailFlags) dkim() (*report.DKIM, error) {
	if f.DKIMKeyFile == "" {
		return nil, nil
	}
	b, err := os.ReadFile(f.DKIMKeyFile)
	if err != nil {
		return nil, fmt.Errorf("%w: --dkim-key-file: %w", scam.ErrInvalid, err)
	}
	key, err := report.ParseKey(b)
	if err != nil {
		return nil, fmt.Errorf("--dkim-key-file %s: %w", f.DKIMKeyFile, err)
	}
	return &report.DKIM{Domain: f.domain(), Selector: f.DKIMSelector, Key: key}, nil
}
