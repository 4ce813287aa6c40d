package detect_test

import (
	"slices"
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
		{name: "certified technicians", title: "Microsoft Support", want: scam.ClassScam, brand: "microsoft",
			text: "WARNING! Your PC has a serious virus. Contact certified technicians at +1 844 555 0143"},
		{name: "firewall and network address", title: "Security Warning", want: scam.ClassScam, brand: "microsoft",
			text: "Windows Firewall has detected some suspicious activity on your network IP. Call Microsoft Technicians 24x7 +1-855-555-0143"},
		{name: "stop screen", title: "0x0000007b", want: scam.ClassScam, brand: "microsoft",
			text: "A problem has been detected and Windows has been shut down to prevent damage to your computer. DRIVER_IRQL. Please contact Microsoft technicians at 1-888-555-0143 immediately. Do not restart."},
		{name: "amazon order shipped", title: "Amazon - Order Confirmation", want: scam.ClassScam, brand: "amazon",
			text: "Hello Customer, Thank you for shopping with us. Your order #113-5550143-777 for iPhone 15 Pro, $1,299.00 has shipped. Didn't place this order? Call our Fraud Prevention Desk 1 (833) 555-0143 to cancel and get a refund."},
		{name: "amazon account frozen", title: "Amazon", want: scam.ClassScam, brand: "amazon",
			text: "Account alert! We noticed a sign-in from Ohio. To protect you we froze your Amazon account. Speak to an Amazon advisor now on 0808 157 0143."},
		{name: "paypal payment sent", title: "PayPal: Payment sent", want: scam.ClassScam, brand: "paypal",
			text: "You sent a payment of $849.99 USD to Bitcoin Exchange. If you don't recognize this payment call PayPal Help Center +1 888 555 0143 within 24 hours for a full refund."},
		{name: "ios crash report", title: "iOS Security", want: scam.ClassScam, brand: "apple",
			text: "iPhone Crash Report. Due to a third party application your phone iOS is crashed. Contact support for immediate fix: 1-855-555-0143"},
		{name: "virus found on a mac", title: "Apple", want: scam.ClassScam, brand: "apple",
			text: "macOS Security Center: Virus found! Your system found (3) viruses that pose a serious threat. Call AppleCare 1-877-555-0143 toll free"},
		{name: "plan renews today", title: "Best Buy Geek Squad", want: scam.ClassScam, brand: "geek_squad",
			text: "Your Geek Squad protection plan renews today for $449.99. Call 1-866-555-0143 to cancel this charge."},
		{name: "membership renews today", title: "Norton", want: scam.ClassScam, brand: "norton",
			text: "Your Norton LifeLock membership auto-renews today. $389 will be debited from your account. Not you? Dial 1-844-555-0143 for refund."},
		{name: "internet provider", title: "Comcast Xfinity", want: scam.ClassScam, brand: "",
			text: "Your internet connection has been compromised. We have detected malware from your network. Call Xfinity tech support 1-844-555-0143 now to avoid suspension of service."},
		{name: "facebook appeal by phone", title: "Facebook", want: scam.ClassScam, brand: "facebook",
			text: "Your Facebook profile will be permanently disabled for a violation. Appeal now by phone: call Meta support at 1-888-555-0143"},
		{name: "number not there yet", title: "Windows", want: scam.ClassScam, brand: "microsoft",
			text: "Windows Security. Quick scan running. Threats found: 11. Your computer is infected. Do not shut down. Call support:", behaviors: []string{"fullscreen", "audio"}},
		{name: "firewall blocked", title: "Virus Alert", want: scam.ClassScam, brand: "",
			text: "Internet Security Damaged !!! Call Help Desk 844-555-0143\nA Suspicious Connection Was Trying to Access Your Logins, Banking Details & Tracking Your Internet Activity. Your TCP Connection Was Blocked by Your Firewall. Your Accounts May be Suspended Until You Take an Action. Your Personal Information May Have Leaked. IMMEDIATE RESPONSE REQUIRED Call Technical Support Immediately at 844-555-0143"},
		{name: "mac blocked", title: "Mac OS Alert", want: scam.ClassScam, brand: "apple",
			text: "** YOUR MAC HAS BEEN BLOCKED ** Error: 0x80070424. Please call us immediately at +1-855-555-0143. Do not ignore this critical alert. If you close this page, your computer access will be disabled to prevent further damage to our network."},
		{name: "browser session locked", title: "Chrome", want: scam.ClassScam, brand: "google",
			text: "Google Chrome Critical ERROR! This page is requesting information about your login. Chrome detected unusual behavior and locked your session. To unlock contact Google helpline: 1-888-555-0143"},
		{name: "license expired, in a dialog", title: "Welcome", want: scam.ClassScam, brand: "microsoft",
			text: "Congratulations", dialogs: []scam.Dialog{{Type: "alert", Text: "Windows license expired. Your hard drive will be deleted. Call 1-877-555-0143", Count: 5}}},
		{name: "amazon purchase on hold", title: "Amazon.com", want: scam.ClassScam, brand: "amazon",
			text: "Hello. We've detected an unusual purchase of Samsung TV ($1,899) on your account from Houston, TX. We have placed a temporary hold. Confirm or cancel by phone: 1-888-555-0143 (24/7 Amazon Account Protection)"},
		{name: "paypal invoice for norton", title: "Refund", want: scam.ClassScam, brand: "paypal",
			text: "PayPal Invoice. Amount: $579.00. Norton 4-Device Plan. Status: Pending. The amount will be charged within 24 hours. For cancellation and refund, reach our helpdesk +1 (808) 555-0143"},
		{name: "protection expired", title: "McAfee", want: scam.ClassScam, brand: "mcafee",
			text: "Your protection expired 3 days ago. Your device is exposed to 47 threats. Renew by phone now 1-800-555-0143 McAfee Licensed Agents"},
		{name: "viruses found, german", title: "Meldung", want: scam.ClassScam, brand: "microsoft",
			text: "Achtung! Auf Ihrem Gerät wurden 5 Viren gefunden. Ihre Bankdaten werden gerade gestohlen. Rufen Sie jetzt Microsoft an: 0800 555 0143"},
		{name: "viruses found, french", title: "Alerte", want: scam.ClassScam, brand: "microsoft",
			text: "Attention ! Votre PC est infecté par 5 virus. Vos données bancaires sont en danger. Appelez Microsoft au 01 99 00 71 43, numéro gratuit"},
		{name: "viruses found, spanish", title: "Aviso", want: scam.ClassScam, brand: "microsoft",
			text: "¡ATENCIÓN! Hemos detectado 5 virus en su dispositivo. Sus datos bancarios están en riesgo. Llame a Microsoft ahora: 936 07 07 99"},
		{name: "viruses found, japanese", title: "警告", want: scam.ClassScam, brand: "microsoft",
			text: "警告! ウイルスが見つかりました。マイクロソフトのサポートセンターに今すぐ電話してください。050-3106-8799 パソコンの電源を切らないでください。"},
		{name: "viruses found, italian", title: "Attenzione", want: scam.ClassScam, brand: "microsoft",
			text: "Attenzione! Sono stati trovati 5 virus sul tuo dispositivo. I tuoi dati bancari sono a rischio. Chiama Microsoft al numero 06 5555 0143"},
		{name: "viruses found, dutch", title: "Let op", want: scam.ClassScam, brand: "microsoft",
			text: "Waarschuwing! Er zijn 5 virussen gevonden op uw apparaat. Uw bankgegevens lopen gevaar. Bel Microsoft nu: 020 555 0143"},
		{name: "viruses found, portuguese", title: "Aviso", want: scam.ClassScam, brand: "microsoft",
			text: "ATENÇÃO! Foram encontrados 5 vírus no seu dispositivo. Os seus dados bancários estão em risco. Ligue já para a Microsoft: 21 555 0143"},
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
		{name: "service status", title: "Office 365 status", want: scam.ClassBenign,
			text: "All services are healthy. Contact your administrator. Call support."},
		{name: "help desk of a university", title: "University IT help desk", want: scam.ClassBenign,
			text: "IT Help Desk. Call 202-555-0143 or email help@uni.example. If your account has been locked, call the help desk to unlock your account. Hours Monday to Friday. Report phishing emails."},
		{name: "lost card line of a bank", title: "Lost card", want: scam.ClassBenign,
			text: "Card lost or stolen? Call us immediately on 0808 157 0143 to block your card. If you notice an unauthorised transaction call us. We're open 24/7. Privacy. Terms of use."},
		{name: "hotel", title: "Hotel contact", want: scam.ClassBenign,
			text: "Hotel Sonne. Call +49 30 555 0143. Reservations 1-800-555-0143. Toll free"},
		{name: "antivirus shop", title: "Buy antivirus", want: scam.ClassBenign,
			text: "Protect your PC against viruses, spyware and ransomware. Identity theft protection. 30-day money back. Add to cart. Call sales 1-800-555-0143. Privacy policy. Contact us"},
		{name: "login page", title: "Sign in", want: scam.ClassBenign,
			text: "Sign in to your account. Email or phone. Password. Forgot password? Create account. Help. Conditions of Use Privacy Notice"},
		{name: "gas emergency line", title: "Power outage", want: scam.ClassBenign,
			text: "Gas leak? Leave the building and call us immediately on 1-800-555-0143. Do not use your phone inside."},
		{name: "desktop clone", title: "Windows 98 in the browser", want: scam.ClassBenign,
			text: "Microsoft Windows 98. A fatal exception 0E has occurred. Press any key to continue. * Press CTRL+ALT+DEL to restart your computer. You will lose any unsaved information.", behaviors: []string{"fullscreen", "keyboard_lock"}},
		{name: "notice of a data breach", title: "Notice of data breach", want: scam.ClassBenign,
			text: "Dear customer, we recently discovered that your personal information was exposed. The incident happened in May. We have set up a call center: 1-833-555-0143. Identity theft protection is offered free of charge. What you can do."},
		{name: "provider that wants its bill paid", title: "Service suspended", want: scam.ClassBenign,
			text: "Your internet service has been suspended because of an overdue balance. Call us at 1-800-555-0143 to restore your service."},
		{name: "crime tip line", title: "Crime tip line", want: scam.ClassBenign,
			text: "Got a tip? Call 1-800-555-0143 now. Police are looking for witnesses."},
		{name: "phishing exercise", title: "Simulation", want: scam.ClassBenign,
			text: "This is a training exercise by your company's security team. You clicked on a simulated phishing link. A real tech support scam would now show a fake warning with a phone number."},
		{name: "stop codes explained", title: "Windows stop codes explained", want: scam.ClassBenign,
			text: "The stop code CRITICAL_PROCESS_DIED means that Windows has been shut down to prevent damage to your computer. To fix it, start in safe mode. Comments. Related articles"},
		{name: "router manual", title: "Support - Acme router", want: scam.ClassBenign,
			text: "Your router's light is red: your internet connection is down. Restart the router. Still not working? Call Acme support at 1-800-555-0143, Monday to Friday. Manuals. Privacy policy."},
		{name: "seller services", title: "Amazon seller services", want: scam.ClassBenign,
			text: "We help Amazon sellers to get suspended accounts reinstated. Call our experts at 202-555-0143 for a free quote. About us. Privacy policy."},
		{name: "car rental", title: "Car rental", want: scam.ClassBenign,
			text: "To cancel your booking call 1-800-555-0143. Contact our customer service. Toll free."},
		{name: "network services", title: "Microsoft Partner - Network services", want: scam.ClassBenign,
			text: "We manage your network and protect your systems against ransomware. Microsoft Gold Partner. Talk to our experts: 202-555-0143. Our services. About us. Contact us."},
		{name: "apple repair", title: "Apple repair", want: scam.ClassBenign,
			text: "iPhone screen broken? MacBook won't start? Apple certified repair in Austin. Call 512-555-0143. Opening hours. Free diagnosis."},
		{name: "recall notice", title: "Recall notice", want: scam.ClassBenign,
			text: "Safety recall: stop using the device immediately. Call us now at 1-800-555-0143 for a free replacement."},
		{name: "shop that takes paypal", title: "PayPal help - small shop", want: scam.ClassBenign,
			text: "We accept PayPal. Questions about your order? Call 1-800-555-0143. If your payment was declined, contact PayPal."},
		{name: "german police", title: "Warnung der Polizei", want: scam.ClassBenign,
			text: "Am Montag rief ein angeblicher Microsoft-Mitarbeiter an und sagte, der Computer sei mit Viren infiziert. Die Polizei rät: Legen Sie auf. Hinweise an 0800 555 0143."},
		{name: "japanese warning of scams", title: "ウイルス対策のお知らせ", want: scam.ClassBenign,
			text: "サポート詐欺にご注意ください。「ウイルスに感染しました」という偽の警告が表示されても、電話をかけないでください。お問い合わせ 050-3106-8799"},
		{name: "locked after failed attempts", title: "Error", want: scam.ClassBenign,
			text: "Your session has expired. Your account has been locked after 5 failed attempts. Please contact your administrator."},
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

// weightOf gives the weight of a rule's signal, 0 if there is none.
func weightOf(v scam.Verdict, rule string) int {
	for _, s := range v.Signals {
		if s.Rule == rule {
			return s.Weight
		}
	}
	return 0
}

func TestSignalsFromContext(t *testing.T) {
	t.Parallel()
	const popup = "Access to this PC has been blocked for security reasons. Call Windows Support 1-844-555-0143. "
	long := strings.Repeat("The council met on Tuesday to talk about the new bridge over the river and its price. ", 40)
	for _, c := range []struct {
		rule  string
		page  page
		sign  int
		other page // on which the rule is silent
	}{
		{"context/but-it-traps", page{text: popup + "Beware of scams and scammers. Victims lose money.", behaviors: []string{"keyboard_lock", "keys_blocked"}}, 1,
			page{text: popup + "Beware of scams and scammers. Victims lose money.", behaviors: []string{"keyboard_lock"}}},
		{"context/alarm-is-rare", page{text: long + popup}, -1, page{text: popup}},
		{"context/long-text", page{text: strings.Repeat(long, 3) + popup}, -1, page{text: long + popup}},
		{"context/nothing-claimed", page{text: "Call Amazon support 1-844-555-0143"}, -1, page{text: popup}},
		{"context/quotes-an-alarm", page{text: "It reads: \"Warning, your computer is infected with spyware\""}, -1, page{text: "\"Hello\" - your computer is infected with spyware"}},
		{"context/quotes-an-alarm", page{text: "Man liest: „Achtung, Ihr Computer ist infiziert“"}, -1, page{text: "„Hallo“ Ihr Computer ist infiziert"}},
		{"brand/none", page{text: "Your account has been locked. Call 1-844-555-0143"}, -1, page{text: "Amazon: your account has been locked. Call 1-844-555-0143"}},
		{"chain/several-sites", page{text: popup, chain: []string{"https://a.example/", "https://b.example/"}}, 1, page{text: popup, chain: []string{"https://a.example/"}}},
		{"chain/ad-click", page{text: popup, chain: []string{"https://a.example/?clickid=1"}}, 1, page{text: popup, chain: []string{"https://page.example/?clickid=1"}}},
		{"behavior/dialog-loop", page{text: popup, dialogs: []scam.Dialog{{Type: "alert", Text: "x", Count: 3}}}, 1,
			page{text: popup, dialogs: []scam.Dialog{{Type: "alert", Text: "x", Count: 2}}}},
		{"number/many", page{text: popup + "1-844-555-0144 1-844-555-0145 1-844-555-0146"}, -1, page{text: popup}},
		{"number/brands-own", page{text: popup + "Microsoft: 1-800-642-7676"}, -1, page{text: popup}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			v := detect.Judge(scam.Visit{Landings: []scam.Landing{c.page.landing(), c.other.landing()}})
			if w := weightOf(v[0], c.rule); w*c.sign <= 0 {
				t.Errorf("weight %d, want sign %d; signals:\n%s", w, c.sign, why(v[0]))
			}
			if w := weightOf(v[1], c.rule); w != 0 {
				t.Errorf("weight %d on the other page; signals:\n%s", w, why(v[1]))
			}
		})
	}
}

func TestOneVerdictPerLanding(t *testing.T) {
	t.Parallel()
	pages := []scam.Landing{{Text: "hello"}, {Text: alarm + "Call support 1-844-555-0143"}, {Status: 404}}
	v := detect.Judge(scam.Visit{Landings: pages})
	got := []scam.Class{}
	for _, x := range v {
		got = append(got, x.Class)
		if x.Signals == nil || x.Numbers == nil || x.RulesVersion == "" {
			t.Errorf("verdict %+v has gaps that JSON would show as null", x)
		}
	}
	if want := []scam.Class{scam.ClassBenign, scam.ClassScam, scam.ClassGone}; !slices.Equal(got, want) {
		t.Errorf("classes %v, want %v", got, want)
	}
	if detect.Worst(v) != 1 || detect.Worst(nil) != -1 || len(detect.Judge(scam.Visit{})) != 0 {
		t.Error("the worst verdict, or a visit without landings, is wrong")
	}
}
