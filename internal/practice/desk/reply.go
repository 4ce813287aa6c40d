package desk

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"popdown/internal/practice/mail"
	"popdown/internal/practice/site"
)

// ticket is the automatic answer that opens a ticket (RFC 3834).
func ticket(p site.Provider, r report, m mail.Message, now time.Time) []byte {
	number := fmt.Sprintf("%s-%06d", strings.ToUpper(p.Name[:2]), crc32.ChecksumIEEE(m.Raw)%1000000)
	return letter(
		"From: "+p.Org+" Abuse <"+p.Abuse+">",
		"To: "+r.from,
		"Subject: [Ticket#"+number+"] Re: "+unfold(r.subject),
		"Date: "+now.UTC().Format(time.RFC1123Z),
		"Message-ID: <ticket."+strings.ToLower(number)+"@"+p.Domain()+">",
		"In-Reply-To: "+r.id,
		"References: "+r.id,
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"",
		"Thank you for your report. It is now ticket "+number+".",
		"Please keep the ticket number in the subject of further messages.",
		"",
		p.Org+" Abuse Desk",
	)
}

// bounce is a delivery status notification (RFC 3464): the desk's mailbox is full.
func bounce(p site.Provider, m mail.Message, now time.Time) []byte {
	boundary := fmt.Sprintf("dsn-%08x", crc32.ChecksumIEEE(m.Raw))
	head, _, _ := bytes.Cut(bytes.ReplaceAll(m.Raw, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	return letter(
		"From: Mail Delivery System <mailer-daemon@"+p.Domain()+">",
		"To: "+m.From,
		"Subject: Undelivered Mail Returned to Sender",
		"Date: "+now.UTC().Format(time.RFC1123Z),
		"Message-ID: <"+boundary+"@"+p.Domain()+">",
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		"Content-Type: multipart/report; report-type=delivery-status; boundary="+boundary,
		"",
		"--"+boundary,
		"Content-Type: text/plain; charset=us-ascii",
		"",
		"Your message could not be delivered to <"+p.Abuse+">: mailbox full.",
		"",
		"--"+boundary,
		"Content-Type: message/delivery-status",
		"",
		"Reporting-MTA: dns; mail."+p.Domain(),
		"Arrival-Date: "+m.At.UTC().Format(time.RFC1123Z),
		"",
		"Final-Recipient: rfc822; "+p.Abuse,
		"Action: failed",
		"Status: 5.2.2",
		"Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
		"",
		"--"+boundary,
		"Content-Type: text/rfc822-headers",
		"",
		string(head),
		"",
		"--"+boundary+"--",
	)
}

// letter joins lines as mail wants them: CRLF (RFC 5322, 2.3).
func letter(lines ...string) []byte {
	text := strings.Join(lines, "\n") + "\n"
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}

// unfold makes a header's value one line.
func unfold(value string) string { return strings.Join(strings.Fields(value), " ") }
