package report

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"popdown/internal/scam"
)

// TestXARFMatchesPublishedSchemas needs the schemas of https://github.com/xarf/xarf-spec
// (v4.2.0). They are not part of the project: POPDOWN_XARF_SCHEMAS names their folder
// (schemas/v4), by default one beside the checkout.
func TestXARFMatchesPublishedSchemas(t *testing.T) {
	dir := cmp.Or(os.Getenv("POPDOWN_XARF_SCHEMAS"), "../../../shared/xarf/schemas/v4")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the schemas are not here: set POPDOWN_XARF_SCHEMAS")
	}
	master := compile(t, dir)
	noBrand, idn := microsoftCase(), microsoftCase()
	noBrand.Brand, noBrand.Findings[0].Verdict.Brand, noBrand.Findings[0].Verdict.FraudType = "", "", "new_kind"
	idn.Findings[0].LandingURL = "https://bücher.example/ä?q=\u202e b"
	idn.Findings[0].Host = "xn--bcher-kva.example"
	idn.Findings = append(idn.Findings, idn.Findings[0])
	picture := screenshot(t, 320, 200, 0)
	for name, tc := range map[string]struct {
		c     scam.Case
		sheet scam.ContactSheet
		to    scam.Contact
	}{
		"host":                    {microsoftCase(), sheet(), network()},
		"registrar":               {microsoftCase(), sheet(), registrar()},
		"registrar without brand": {noBrand, sheet(), registrar()},
		"international name":      {idn, sheet(), network()},
		"nothing known":           {microsoftCase(), scam.ContactSheet{}, network()},
	} {
		_, attached, err := us().Compose(tc.c, tc.sheet, tc.to, picture, noon)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := master.Validate(parse(t, attached[2].Data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	wrong := bytes.Replace(mustEncode(t), []byte(`"fraud_type": "tech_support"`), []byte(`"fraud_type": "popup"`), 1)
	if err := master.Validate(parse(t, wrong)); err == nil {
		t.Error("the schemas let a wrong fraud_type pass: they are not in force")
	}
	t.Log("xarf schemas: validated")
}

func mustEncode(t *testing.T) []byte {
	t.Helper()
	b, err := goodXARF(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t *testing.T, b []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// compile loads all schemas under the names that they give themselves.
func compile(t *testing.T, dir string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return err
		}
		id, _ := doc.(map[string]any)["$id"].(string)
		return c.AddResource(id, doc)
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://xarf.org/schemas/v4/xarf-v4-master.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
