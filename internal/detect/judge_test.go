package detect_test

import (
	"strings"
	"testing"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// page is a landing in a few words.
type page struct {
	name, url, title, text string
	status                 int
	dialogs                []scam.Dialog
	behaviors              []string
	chain                  []string
	want                   scam.Class
	brand                  string
}

func (p page) landing() scam.Landing {
	l := scam.Landing{URL: p.url, Title: p.title, Text: p.text, Status: p.status, Dialogs: p.dialogs}
	if l.URL == "" {
		l.URL = "https://page.example/"
	}
	for _, b := range p.behaviors {
		l.Behaviors = append(l.Behaviors, scam.Behavior{Name: b})
	}
	for i, u := range append(p.chain, l.URL) {
		l.Chain = append(l.Chain, scam.Hop{Seq: i, URL: u})
	}
	return l
}

func judgePages(t *testing.T, pages []page) {
	t.Helper()
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			v := detect.Judge(scam.Visit{Persona: "us-windows-chrome", Landings: []scam.Landing{p.landing()}})[0]
			if v.Class != p.want || v.Brand != p.brand {
				t.Errorf("got %s %d %q, want %s %q; signals:\n%s", v.Class, v.Score, v.Brand, p.want, p.brand, why(v))
			}
			sum := 0
			for _, s := range v.Signals {
				sum += s.Weight
			}
			if want := min(max(sum, 0), 100); v.Score != want {
				t.Errorf("score %d is not the sum of its signals, %d", v.Score, want)
			}
		})
	}
}

func why(v scam.Verdict) string {
	var b strings.Builder
	for _, s := range v.Signals {
		b.WriteString("\t" + s.Rule + " " + s.Excerpt + "\n")
	}
	return b.String()
}

func TestScams(t *testing.T) {
	t.Parallel()
	judgePages(t, []page{
		{name: "amazon order", url: "https://amazon-orders.example/", title: "Amazon Security Alert", want: scam.ClassScam, brand: "amazon",
			text: "Your order of Apple MacBook Pro for $2,499.00 has been placed from your Amazon account. If you did not authorize this purchase, call Amazon Fraud Department immediately at +1 (888) 555-0143 to cancel."},
		{name: "amazon account locked", title: "Account locked", want: scam.ClassScam, brand: "amazon",
			text: "amazon\nYour Amazon account has been locked due to suspicious activity. Call Amazon Support now: 1-844-555-0143. Do not close this page or your account will be permanently deleted."},
		{name: "amazon short", want: scam.ClassScam, brand: "amazon",
			text: "Amazon Prime: unusual sign-in attempt. Your account is on hold. Please call Amazon customer service at 855-555-0143 to verify your identity."},
		{name: "paypal transaction", title: "PayPal", want: scam.ClassScam, brand: "paypal",
			text: "PayPal Security Center. We detected an unauthorized transaction of $699.99 to Coinbase. If this wasn't you, contact PayPal support immediately on +1 (833) 555-0143 to dispute the charge."},
		{name: "geek squad renewal", want: scam.ClassScam, brand: "geek_squad",
			text: "Geek Squad. Thank you for your order. Your subscription has been renewed and $399.99 will be charged to your account. To cancel, call our billing department at 1 (866) 555-0143 within 24 hours."},
		{name: "norton expired", want: scam.ClassScam, brand: "norton",
			text: "Norton: your Norton 360 subscription has expired. 13 viruses were found on your computer. Call Norton support toll free 1-877-555-0143."},
		{name: "mcafee", want: scam.ClassScam, brand: "mcafee",
			text: "McAfee Total Protection. WARNING! Your PC is infected with 5 viruses. Call McAfee support +1-888-555-0143 immediately."},
		{name: "apple", title: "Apple Security Warning", want: scam.ClassScam, brand: "apple",
			text: "Your Mac is infected with spyware. Your iCloud photos are being stolen. Call Apple Support +1 844 555 0143. Do not shut down your Mac."},
		{name: "google", want: scam.ClassScam, brand: "google",
			text: "Google Security Alert: your Google account has been compromised. Call Google support at 1-855-555-0143 immediately."},
		{name: "facebook", want: scam.ClassScam, brand: "facebook",
			text: "Facebook: your Facebook account has been hacked. Call Facebook support team (888) 555-0143 to restore it now."},
		{name: "short with traps", title: "Windows Support Alert", want: scam.ClassScam, brand: "microsoft",
			text: "Windows Defender Security Center. Threats detected. Call +1 844 555 0143.", behaviors: []string{"fullscreen", "keyboard_lock", "cursor_hidden", "audio"}},
		{name: "words only in a dialog", title: "Welcome", want: scam.ClassScam, brand: "microsoft", text: "Please wait",
			dialogs: []scam.Dialog{{Type: "alert", Count: 9, Text: "** YOUR COMPUTER HAS BEEN BLOCKED ** Error # 268D3. Please call us within the next 5 minutes: 1-844-555-0143. Microsoft"}}},
		{name: "auth prompt", want: scam.ClassScam, brand: "microsoft", text: "",
			dialogs: []scam.Dialog{{Type: "auth", Count: 3, Text: "Your computer has been locked. Call Microsoft Help Desk: 1-844-555-0143 (TOLL-FREE)"}}, behaviors: []string{"auth_prompt"}},
		{name: "leetspeak and look-alikes", title: "Err0r", want: scam.ClassScam, brand: "microsoft",
			text: "Micr0s0ft Wind0ws: Y0ur c0mputer has been bl0cked and is inf\u200bected with Tr0jan spyw@re. C\u0430ll M\u0456crosoft Supp0rt immediately 1-844-555-0143"},
		{name: "number in the fragment only", url: "https://x.example/#phone=18445550143", want: scam.ClassScam, brand: "microsoft",
			text: "Access to this PC has been blocked for security reasons. Call Windows Support. Your personal data is at risk."},
		{name: "after an ad chain", url: "https://microsoft-alert.example/", chain: []string{"https://news.example/", "https://ads.example/c?clickid=9", "https://hop.example/"}, want: scam.ClassScam, brand: "microsoft",
			text: "Microsoft Warning. Suspicious login detected. Your computer is locked. Call 1-844-555-0143"},
		{name: "german", want: scam.ClassScam, brand: "microsoft", text: "Microsoft Sicherheitswarnung. Ihr Computer wurde gesperrt. Rufen Sie sofort den Microsoft Support an: 0800 555 0143. Schließen Sie dieses Fenster nicht."},
		{name: "french", want: scam.ClassScam, brand: "microsoft", text: "Alerte de sécurité Microsoft. Votre ordinateur a été bloqué. Appelez immédiatement le support Windows au 01 99 00 71 43. Ne fermez pas cette page."},
		{name: "spanish", want: scam.ClassScam, brand: "microsoft", text: "Alerta de seguridad de Windows. Su equipo ha sido bloqueado. Llame inmediatamente al soporte técnico de Microsoft: 936 07 07 99."},
		{name: "italian", want: scam.ClassScam, brand: "microsoft", text: "Avviso di sicurezza di Windows. Il tuo computer è stato bloccato. Chiama subito il supporto Microsoft: 06 5555 0143. Non chiudere questa pagina."},
		{name: "portuguese", want: scam.ClassScam, brand: "microsoft", text: "Alerta de segurança do Windows. Seu computador foi bloqueado. Ligue imediatamente para o suporte da Microsoft: +351 21 555 0143. Não feche esta página."},
		{name: "dutch", want: scam.ClassScam, brand: "microsoft", text: "Beveiligingswaarschuwing van Windows. Uw computer is geblokkeerd. Bel onmiddellijk de Microsoft helpdesk: 020 555 0143. Sluit deze pagina niet."},
		{name: "japanese", want: scam.ClassScam, brand: "microsoft", text: "Windows セキュリティ警告。お使いのコンピュータはウイルスに感染しています。すぐにサポートへお電話ください 050-3106-8799 このページを閉じないでください"},
	})
}

func TestHarmlessPages(t *testing.T) {
	t.Parallel()
	const popup = "Your computer has been blocked. Access to this PC has been blocked for security reasons. Call Microsoft Support immediately at 1-844-555-0143. "
	judgePages(t, []page{
		{name: "article that quotes a pop-up whole", title: "How to spot a tech support scam", want: scam.ClassBenign,
			text: "By Jane Doe. Published on 3 May 2026. 5 min read. Scammers show a fake pop-up that says: \"" + popup + "\" Don't call the number. Victims were tricked into paying. Microsoft error messages never include a phone number. Related articles. Share this. Privacy policy."},
		{name: "police warning", title: "Police warn of pop-ups", want: scam.ClassBenign,
			text: "Police in Springfield say that criminals pretend to be Microsoft. A message appeared on her screen telling her to call 1-844-555-0143, and she paid $5,000. If your computer is locked, do not call the number. Report it at 202-555-0199."},
		{name: "forum question", title: "Is this real?", want: scam.ClassBenign,
			text: "Got a pop-up: " + popup + "Is this a scam? - Yes, it is a scam. Close the tab with the task manager and don't call that number. 12 comments. Leave a comment."},
		{name: "repair shop", title: "Main Street Computer Repair", want: scam.ClassBenign,
			text: "Is your computer infected? Slow? Locked by a pop-up? Don't fall for the fake Microsoft warning. We remove viruses the same day. Virus removal and data recovery from $49. Free estimate. Call us now at (202) 555-0143. Opening hours Monday to Friday 9-6. Our shop is at 12 Main Street. Privacy policy."},
		{name: "repair shop without a word on scams", title: "Mac and PC repair", want: scam.ClassBenign,
			text: "Virus removal service. If your computer is infected with malware, bring it in: computer repair with 20 years of experience, family owned. Free diagnosis. Call us today: 202-555-0143. Contact us. Our services. All rights reserved."},
		{name: "contact page", title: "Contact us", want: scam.ClassBenign,
			text: "Contact us. Customer support: 1-800-555-0143. Sales: 1-800-555-0144. Billing department: 1-800-555-0145. Press: 202-555-0146. Call our support team to cancel or change a booking. Business hours Monday to Friday. Privacy policy. Terms of use."},
		{name: "microsoft's own help page", url: "https://support.microsoft.com/contactus", title: "Microsoft Support", want: scam.ClassBenign, text: popup},
		{name: "amazon's own page", url: "https://www.amazon.co.uk/gp/help", title: "Amazon help", want: scam.ClassBenign,
			text: "Your account has been locked due to suspicious activity? Call Amazon customer service to unlock your account: 0808 157 0143."},
		{name: "antivirus guide", title: "How to remove a trojan from your computer", want: scam.ClassBenign,
			text: "If your computer is infected with malware, run a full scan. Step 1: open Windows Security. Step 2: choose Virus & threat protection. Don't call numbers shown in a browser. For example, a fake alert may tell you to call. Contact us. Privacy policy. Updated on 2 May 2026."},
		{name: "parked domain", title: "example", want: scam.ClassBenign, text: "This domain is for sale. Call 1-800-555-0143 to buy it now. Privacy policy"},
		{name: "full-screen game", title: "Space game", want: scam.ClassBenign, text: "Press any key to start. High score 51,900",
			behaviors: []string{"fullscreen", "keyboard_lock", "pointer_lock", "cursor_hidden", "audio", "keys_blocked", "beforeunload"}},
		{name: "training page of a bank", title: "Fraud awareness", want: scam.ClassBenign,
			text: "We will never call you about a virus. Fraudsters claim that your account has been locked and ask you to call. How to spot a scam. If you think you were scammed, call us on 0808 157 0143."},
		{name: "plain shop", title: "Garden tools", want: scam.ClassBenign, text: "Add to cart. Free shipping. Call 1-800-555-0143 for orders. Customer service. About us."},
		{name: "empty page", want: scam.ClassBenign},
		{name: "german consumer advice", title: "Vorsicht vor falschen Microsoft-Anrufen", want: scam.ClassBenign,
			text: "Betrüger zeigen gefälschte Warnungen: Ihr Computer wurde gesperrt, rufen Sie sofort den Microsoft Support an. Das ist eine Betrugsmasche. Impressum Datenschutz Kommentare"},
	})
}

func TestTakenDownPagesAreGone(t *testing.T) {
	t.Parallel()
	judgePages(t, []page{
		{name: "cpanel suspended", title: "Account Suspended", text: "This Account has been suspended. Contact your hosting provider for more information.", status: 200, want: scam.ClassGone},
		{name: "registrar suspended, with a number", text: "Your domain has been disabled. This domain has been suspended. Call us at 1-866-555-0143.", want: scam.ClassGone},
		{name: "azure blob", text: "The requested content does not exist. WebContentNotFound", status: 404, want: scam.ClassGone},
		{name: "vercel", text: "404: NOT_FOUND Code: DEPLOYMENT_NOT_FOUND ID: fra1::x", status: 404, want: scam.ClassGone},
		{name: "plain 404", text: "Not Found", status: 404, want: scam.ClassGone},
		{name: "410 without text", status: 410, want: scam.ClassGone},
		{name: "cloudflare warning", title: "Suspected phishing site | Cloudflare", text: "Warning Suspected Phishing This website has been reported for potential phishing.", want: scam.ClassGone},
		{name: "s3", text: "NoSuchBucket The specified bucket does not exist", status: 404, want: scam.ClassGone},
		{name: "a suspension that is itself the scam", title: "Account suspended", status: 200, want: scam.ClassScam, brand: "amazon",
			text: "Amazon: your account has been suspended due to suspicious activity. Call Amazon support immediately 1-844-555-0143."},
		{name: "a scam served as 404", status: 404, want: scam.ClassScam, brand: "microsoft",
			text: "Microsoft: access to this PC has been blocked for security reasons. Call Windows Support: 1-844-555-0143"},
	})
}
