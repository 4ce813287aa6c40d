package detect

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"popdown/internal/scam"
)

// copied gives the embedded rules with one file changed.
func copied(t *testing.T, name, content string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, n := range []string{"wording", "gone", "behaviors", "brands", "hosts", "official"} {
		data, err := fs.ReadFile(ruleFiles, "rules/"+n+".txt")
		if err != nil {
			t.Fatal(err)
		}
		files["rules/"+n+".txt"] = &fstest.MapFile{Data: data}
	}
	if name != "" {
		files["rules/"+name+".txt"] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

func TestRulesLoad(t *testing.T) {
	t.Parallel()
	r, err := loadRules(copied(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	if r.version != RulesVersion() {
		t.Errorf("the same files have the versions %s and %s", r.version, RulesVersion())
	}
	changed, err := loadRules(copied(t, "hosts", "word 1 other"))
	if err != nil || changed.version == r.version {
		t.Errorf("changed rules keep their version %s (%v)", r.version, err)
	}
}

func TestEveryPhraseHasASource(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"wording", "gone"} {
		data, err := fs.ReadFile(ruleFiles, "rules/"+name+".txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			rule, source, _ := strings.Cut(line, "#")
			f := strings.Fields(rule)
			if len(f) > 0 && len(f[0]) == 2 && strings.TrimSpace(source) == "" {
				t.Errorf("rules/%s.txt: no source beside %q", name, line)
			}
		}
	}
}

func TestEveryPhraseFindsItself(t *testing.T) {
	t.Parallel()
	r := rules()
	for _, p := range r.book.phrases {
		text := sample(p.text)
		found := false
		r.book.find(tokenize(clean(text), r.book.lookup), func(h hit) {
			found = found || r.book.phrases[h.phrase].text == p.text
		})
		if !found {
			t.Errorf("phrase %q is not found in %q", p.text, text)
		}
	}
}

// sample writes a phrase out: first alternatives, optional words, and a word for "*".
func sample(phrase string) string {
	var b strings.Builder
	for phrase != "" {
		switch phrase[0] {
		case '(', '[':
			end := strings.IndexAny(phrase, ")]")
			first, _, _ := strings.Cut(phrase[1:end], "|")
			b.WriteString(first)
			phrase = phrase[end+1:]
			continue
		case '*':
			b.WriteString(" zzz ")
		default:
			b.WriteByte(phrase[0])
		}
		phrase = phrase[1:]
	}
	return b.String()
}

func TestBrokenRulesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, content, want string }{
		{"wording", "family a", "rules/wording.txt: line 1"},
		{"wording", "family a b", "points"},
		{"wording", "family a 1 loud", `"loud"`},
		{"wording", "family a 1 max x", `max "x"`},
		{"wording", "en call us", "before its family"},
		{"wording", "family a 1\nen (call|phone us", "line 2"},
		{"wording", "family a 1\nen (call (us|me)|phone)", "hold brackets"},
		{"wording", "family a 1\nen call) us", "never opened"},
		{"wording", "family a 1\nen * call", "begin and end"},
		{"wording", "family a 1\nen call {nobody}", "unknown class"},
		{"wording", "family a 1\nen [call] [us]", "must be there"},
		{"wording", "family a 1\nen (call|) us", "empty"},
		{"behaviors", "audio loud", "points"},
		{"brands", "name 3 amazon", "before a brand"},
		{"brands", "brand a\ncolour 3 red", `"colour"`},
		{"hosts", "word 3", "want kind"},
		{"hosts", "letter 3 x", `"letter"`},
		{"official", "18445550143 amazon unverified 2026-11-23", "want number"},
	} {
		if _, err := loadRules(copied(t, c.file, c.content)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: got error %v, want one that names %s", c.file, c.content, err, c.want)
		}
	}
}

func TestSkeletonsOfWordsThatLookAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ plain, disguised string }{
		{"microsoft", "Micr0s0ft"}, {"error", "Err00r"}, {"virus", "v1ru5"}, {"call", "ca11"}, {"paypal", "P\u0430yP\u0430l"},
		{"amazon", "@maz0n"}, {"access", "acce$$"}, {"zablokowany", "ZABŁOKOWANY"}, {"bloque", "bloqué"}, {"gesperrt", "GESPERRT"},
		{"support", "ＳＵＰＰＯＲＴ"}, {"windows", "w\u200bin\u00addows"}, {"security", "ѕecurity"},
	} {
		got := skeleton(nil, clean(c.disguised))
		if want := skeleton(nil, c.plain); string(got) != string(want) {
			t.Errorf("%q has the skeleton %q, %q has %q", c.disguised, got, c.plain, want)
		}
	}
	if string(skeleton(nil, "844")) == string(skeleton(nil, "84")) {
		t.Error("figures of a number were folded")
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, hint, want string }{
		{"Your computer has been blocked. Please call the support and do not close this page.", "de", "en"},
		{"Der Zugriff auf diesen PC wurde gesperrt. Bitte rufen Sie den Support an.", "en", "de"},
		{"L'accès à cet ordinateur a été bloqué pour des raisons de sécurité. Appelez le support.", "en", "fr"},
		{"El acceso a esta PC está bloqueado por motivos de seguridad. Llame al soporte.", "", "es"},
		{"L'accesso a questo computer è stato bloccato. Chiama il supporto con questo numero.", "", "it"},
		{"O seu computador foi bloqueado. Não feche esta página e ligue para o suporte com você.", "", "pt"},
		{"Uw computer is geblokkeerd. Sluit deze pagina niet en bel het nummer van de helpdesk voor hulp.", "", "nl"},
		{"Dostęp do tego komputera został zablokowany. Zadzwoń do pomocy oraz nie zamykaj.", "", "pl"},
		{"この PC へのアクセスはブロックされています", "en", "ja"},
		{"Windows Defender Trojan Spyware App Quick Scan Windows Defender サポートに電話する: お電話ください この PC は感染しています", "", "ja"},
		{"Ваш компьютер заблокирован", "", "ru"},
		{"12345", "fr-CA", "fr-CA"},
		{"", "", ""},
	} {
		if got := language(c.text, c.hint); got != c.want {
			t.Errorf("language of %q is %q, want %q", c.text, got, c.want)
		}
	}
	for html, want := range map[string]string{
		`<!doctype html><HTML class=a lang="de-AT">`: "de-AT", `<html lang=ja>`: "ja", `<html lang="english">`: "", `<p lang=de>`: "", `<html`: "",
	} {
		if got := declared(html); got != want {
			t.Errorf("declared language of %q is %q, want %q", html, got, want)
		}
	}
}

func TestHostNames(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"support.microsoft.com": "", "microsoft-alert.example": "host/brand-microsoft host/alarming-name", "rnicros0ft.example": "host/brand-microsoft",
		"x.z13.web.core.windows.net": "host/shared-hosting", "amazonhelp.vercel.app": "host/shared-hosting host/brand-amazon",
		"203.0.113.9": "host/bare-address", "flowers.example": "", "geek-squad-renewal.example": "host/brand-geek-squad",
	} {
		var got []string
		if own := ownBrand(rules(), host); own == "" {
			for _, s := range hostSignals(rules(), host) {
				got = append(got, s.Rule)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", host, got, want)
		}
	}
	for host, want := range map[string]string{
		"www.amazon.co.uk": "amazon", "amazon.com.evil.example": "", "notmicrosoft.com": "", "sites.google.com": "", "support.google.com": "google",
	} {
		if got := ownBrand(rules(), host); got != want {
			t.Errorf("own brand of %s is %q, want %q", host, got, want)
		}
	}
}

func TestExcerptsEndOnWholeCharacters(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("é日", 200)
	for i := range 40 {
		if e := excerptAround(text, 300+i, 310+i); !utf8.ValidString(e) || len(e) > 260 {
			t.Errorf("excerpt %q", e)
		}
		if c := cut(text, 100+i); !utf8.ValidString(c) {
			t.Errorf("cut %q", c)
		}
	}
	if s := shorten(text); !utf8.ValidString(s) || utf8.RuneCountInString(s) != 161 {
		t.Errorf("shortened to %d characters", utf8.RuneCountInString(s))
	}
}

func TestOwnDomainsAndOfficialNumbersAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, b := range rules().brands {
		for _, d := range b.domains {
			if scam.Host("https://"+d+"/") != d {
				t.Errorf("%s: domain %q", b.slug, d)
			}
		}
	}
	for n := range rules().official {
		if r, ok := (dialling{}).read([]string{n[1:]}, true); !ok || r.e164 != n {
			t.Errorf("official number %s reads as %q", n, r.e164)
		}
	}
}

func TestWarningRulesHaveTheirName(t *testing.T) {
	t.Parallel()
	for _, f := range rules().families {
		if f.gone && strings.HasPrefix("gone/"+f.name, WarningRules) {
			return
		}
	}
	t.Errorf("no rule is named %s: a warning page would count as down", WarningRules)
}
