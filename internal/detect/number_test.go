package detect_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// alarm makes any page a scam, so that its numbers are listed.
const alarm = "Access to this PC has been blocked for security reasons. Your computer is infected with Trojan spyware. Do not close this window. "

// alarms also say in which language a page is.
var alarms = map[string]string{
	"en": alarm,
	"de": "Der Zugriff auf diesen PC wurde aus Sicherheitsgründen gesperrt. Ihr Computer ist mit Spyware infiziert. Bitte rufen Sie den Support an. ",
	"fr": "L'accès à ce PC a été bloqué pour des raisons de sécurité. Votre ordinateur est infecté. Appelez le support Windows. ",
	"es": "EL ACCESO A ESTA PC ESTÁ BLOQUEADO POR MOTIVOS DE SEGURIDAD. Su equipo está infectado con un troyano. Llame al soporte. ",
	"pl": "DOSTĘP DO TEGO KOMPUTERA ZOSTAŁ ZABLOKOWANY. Twój komputer został zainfekowany. Zadzwoń do pomocy Windows: ",
	"ja": "この PC へのアクセスはセキュリティ上の理由からブロックされています。トロイの木馬スパイウェアに感染しています。Windows サポートに電話する: ",
	"it": "L'accesso a questo PC è stato bloccato per motivi di sicurezza. Il computer è infetto. Chiama il supporto di Windows subito: ",
}

func numbersOf(t *testing.T, l scam.Landing) []string {
	t.Helper()
	v := detect.Judge(scam.Visit{Persona: "us-windows-chrome", Landings: []scam.Landing{l}})[0]
	if v.Class != scam.ClassScam {
		t.Fatalf("class %s, score %d: the page is no scam, its numbers are not listed", v.Class, v.Score)
	}
	list := []string{}
	for _, n := range v.Numbers {
		list = append(list, n.E164)
	}
	return list
}

func TestNumbersAsPrinted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, lang, text, want string }{
		{"plus and hyphens", "en", "Call +1-844-555-0143", "+18445550143"},
		{"brackets", "en", "Call +1(855) 555-0143", "+18555550143"},
		{"brackets after a hyphen", "en", "Call +1-(844)-555-0143", "+18445550143"},
		{"without country code", "en", "Call (800) 555-0143 now", "+18005550143"},
		{"spaced hyphen", "en", "Call +1 (833) 555 - 0143", "+18335550143"},
		{"eleven bare digits", "en", "Call 18335550143", "+18335550143"},
		{"ten bare digits after a word for calling", "en", "Toll free: 8885550143", "+18885550143"},
		{"local area code", "en", "Call Windows Support: 202-555-0143", "+12025550143"},
		{"dots", "en", "Call 888.555.0143.", "+18885550143"},
		{"plus before a number without country code", "en", "Call +844-555-0143", "+18445550143"},
		{"plus parted from its number", "en", "Call us directly +\n 1-804-555-0143", "+18045550143"},
		{"vanity letters", "en", "Call 1-844-WIN-HELP now", "+18449464357"},
		{"vanity letters beyond the tenth", "en", "Call 1-800-VIRUSFIX now", "+18008478734"},
		{"full-width digits", "en", "Call １－８４４－５５５－０１４３", "+18445550143"},
		{"zero-width characters", "en", "Call 1\u200b-8\u200b4\u200b4-5\u200c55-01\u206043", "+18445550143"},
		{"bidi marks", "en", "Call \u202a+1 844 555 0143\u202c", "+18445550143"},
		{"soft hyphen and non-breaking hyphen", "en", "Call 1\u2011844\u2011555\u201101\u00ad43", "+18445550143"},
		{"glued to the word before", "en", "Windows Support1-844-555-0143Toll Free", "+18445550143"},
		{"after an error code", "en", "Error 0x80072ee7 1-844-555-0143", "+18445550143"},
		{"after 24/7", "en", "Open 24/7 1-844-555-0143", "+18445550143"},
		{"British on an English page", "en", "Call Windows Support: 020 7946 0414", "+442079460414"},
		{"British freephone for drama", "en", "Call 0808 157 0143", "+448081570143"},
		{"British with country code", "en", "Call +44 808 157 0143", "+448081570143"},
		{"German area code", "de", "030-5555-7347", "+493055557347"},
		{"German with country code and trunk 0", "de", "+49 (0) 30 1663 7347", "+493016637347"},
		{"Austrian mobile on a German page", "de", "0670-308-1235", "+436703081235"},
		{"Austrian with bracketed code", "de", "(+43)-139506-57676", "+4313950657676"},
		{"regrouped prefix, spaces", "de", "00 18 33 555 01 43", "+18335550143"},
		{"regrouped prefix, four digits", "de", "0018 5555 50143", "+18555550143"},
		{"regrouped prefix, dots", "fr", "001.855.555.0143", "+18555550143"},
		{"French pairs", "fr", "01 99 00 71 43", "+33199007143"},
		{"Swiss on a French page", "fr", "022.501.30.99", "+41225013099"},
		{"Spanish with an extra 0", "es", "0936 07 07 99", "+34936070799"},
		{"Polish with an extra 0", "pl", "022 153 14 99", "+48221531499"},
		{"Japanese VoIP", "ja", "050-3106-8799", "+815031068799"},
		{"Japanese with country code", "ja", "+81 50547-97699", "+815054797699"},
		{"Japanese caller-ID prefix", "ja", "184090-4156-2599", "+819041562599"},
		{"Japanese prefix to the USA, bracketed", "ja", "(0101) 20255-50143", "+12025550143"},
		{"Japanese prefix to the USA, hyphens", "ja", "0101-50555-50143", "+15055550143"},
		{"Japanese prefix to the USA on an English page", "en", "Call (0101) 20255-50143", "+12025550143"},
		{"Japanese prefix to the USA, spaces", "ja", "0101 202 555 0143", "+12025550143"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := []string{c.want}
			if c.want == "" {
				want = []string{}
			}
			got := numbersOf(t, scam.Landing{URL: "https://x.example/", Text: alarms[c.lang] + "\n" + c.text})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("numbers of %q (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestDigitsThatAreNoNumbers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Price $1,299.00 or €1 844 555 01 for all", "Dated 11/20/2019 01:14 PM and 2024-11-20 10:08", "© 1996-2025",
		"IP 203.0.113.199 detected at 91.121.63.59", "Error Code: 0x800700B7 #268D3 2147483647", "z-index: 999999999",
		"M137.4 374.6c12.5 12.5 32.8 12.5 45.3 0", "Call +1-000-000-0000", "Call 888-888-8888", "Call 123-456-7890",
		"Order ID: 4471882109", "Transaction 112-5550143-2345678", "G-4455501432", "51,900 scanned objects 1,200 threats",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", "20220428223328", "Support since 2019 2020 2021", "Call 1-999-555-0143",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got := numbersOf(t, scam.Landing{URL: "https://x.example/", Text: alarm + "\n" + text})
			if diff := cmp.Diff([]string{}, got); diff != "" {
				t.Errorf("numbers of %q (-want +got):\n%s", text, diff)
			}
		})
	}
}

func TestNumbersFromEveryPlaceAreMerged(t *testing.T) {
	t.Parallel()
	v := detect.Judge(scam.Visit{Landings: []scam.Landing{{
		URL:       "https://x.example/?ph0ne=%2B1-844-555-0143&utm=1700000000&pn=MS04NTUtNTU1LTAxNDM=#call?tel=18665550143",
		Title:     "Call 1-877-555-0143",
		Text:      alarm + "Call support: +1 (844) 555-0143",
		TelLinks:  []string{"tel:+1-844-555-0143;ext=1", "TEL:%2B1%20833%20555%200143", "mailto:a@b.example"},
		Frames:    []scam.Frame{{Text: "Call (888) 555-0143"}},
		Dialogs:   []scam.Dialog{{Type: "alert", Text: "Call 844-555-0143 now"}, {Type: "auth", Text: "Call Help Desk: 1-800-555-0143 (TOLL-FREE)"}},
		Behaviors: []scam.Behavior{{Name: "speech", Arguments: "please call 1 844 555 0143"}},
	}}})[0]
	got := map[string][]scam.Source{}
	for _, n := range v.Numbers {
		got[n.E164] = n.Sources
	}
	want := map[string][]scam.Source{
		"+18445550143": {scam.SourceText, scam.SourceTelLink, scam.SourceDialog, scam.SourceURL, scam.SourceSpeech},
		"+18775550143": {scam.SourceText},
		"+18885550143": {scam.SourceText},
		"+18335550143": {scam.SourceTelLink},
		"+18555550143": {scam.SourceURL},
		"+18665550143": {scam.SourceURL},
		"+18005550143": {scam.SourceAuthRealm},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	n := v.Numbers[slicesIndex(v.Numbers, "+18445550143")]
	if n.Kind != "toll_free" || n.Region != "US" || n.Raw == "" || n.Excerpt == "" {
		t.Errorf("number %+v lacks kind, region, raw form or excerpt", n)
	}
}

func slicesIndex(numbers []scam.CallbackNumber, e164 string) int {
	for i, n := range numbers {
		if n.E164 == e164 {
			return i
		}
	}
	return 0
}

func TestKindsAndRegions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, text, region, kind string }{
		{"en", "Call 1-844-555-0143", "US", "toll_free"},
		{"en", "Call (202) 555-0143", "US", "fixed_line_or_mobile"},
		{"en", "Call 0808 157 0143", "GB", "toll_free"},
		{"de", "+43 670 3081235", "AT", "mobile"},
		{"ja", "050-3106-8799", "JP", "voip"},
	} {
		v := detect.Judge(scam.Visit{Landings: []scam.Landing{{Text: alarms[c.lang] + c.text}}})[0]
		if len(v.Numbers) != 1 || v.Numbers[0].Region != c.region || v.Numbers[0].Kind != c.kind {
			t.Errorf("%q: got %+v, want %s %s", c.text, v.Numbers, c.region, c.kind)
		}
	}
}

func TestTheBrandsOwnNumberIsNeverListed(t *testing.T) {
	t.Parallel()
	got := numbersOf(t, scam.Landing{Text: alarm + "Call support 1-844-555-0143, not Microsoft at 1-800-642-7676", TelLinks: []string{"tel:18006427676"}})
	if diff := cmp.Diff([]string{"+18445550143"}, got); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}
