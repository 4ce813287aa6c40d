package crawl

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"popdown/internal/scam"
)

// lineError is what is wrong with one line of a seed file. It wraps scam.ErrInvalid.
type lineError struct {
	line int
	err  error
}

// notYAML is the parser's complaint: "yaml: line 2: found unexpected end of stream".
func notYAML(err error) lineError {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if number, what, ok := strings.Cut(strings.TrimPrefix(text, "line "), ": "); ok {
		if n, err := strconv.Atoi(number); err == nil {
			line, text = n, what
		}
	}
	return lineError{line, fmt.Errorf("%w: %s", scam.ErrInvalid, text)}
}

// unknownFields refuses what is no seed, and each field that seeds don't have.
func unknownFields(row *yaml.Node) []lineError {
	known := []string{"name", "kind", "url", "urls", "schedule", "time_zone", "persona", "max_clicks", "enabled", "notes"}
	fields := strings.Join(known, ", ")
	if row.Kind != yaml.MappingNode {
		return []lineError{{row.Line, fmt.Errorf("%w: a seed is written as fields (%s)", scam.ErrInvalid, fields)}}
	}
	var wrong []lineError
	for i := 0; i+1 < len(row.Content); i += 2 {
		if key := row.Content[i]; !slices.Contains(known, key.Value) {
			wrong = append(wrong, lineError{key.Line, fmt.Errorf("%w: no field is called %q; there are %s", scam.ErrInvalid, key.Value, fields)})
		}
	}
	return wrong
}

// fieldLine is where a field stands; the entry's own line where it does not.
func fieldLine(row *yaml.Node, field string) int {
	for i := 0; i+1 < len(row.Content); i += 2 {
		if row.Content[i].Value == field {
			return row.Content[i+1].Line
		}
	}
	return row.Line
}

// typeErrors makes an error of each line that the YAML decoder complains of: "line 3:
// cannot unmarshal !!str `many` into int".
func typeErrors(row int, err error) []lineError {
	complaint, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return []lineError{{row, fmt.Errorf("%w: %s", scam.ErrInvalid, strings.TrimPrefix(err.Error(), "yaml: "))}}
	}
	mends := map[string]string{"int": "a whole number", "bool": "true or false", "string": "a text", "[]string": "a list"}
	var wrong []lineError
	for _, text := range complaint.Errors {
		number, what, _ := strings.Cut(strings.TrimPrefix(text, "line "), ": ")
		line, err := strconv.Atoi(number)
		if err != nil {
			line, what = row, text
		}
		if value, kind, ok := strings.Cut(strings.TrimPrefix(what, "cannot unmarshal "), " into "); ok && mends[kind] != "" {
			_, value, _ = strings.Cut(value, " ")
			what = strings.TrimSpace(fmt.Sprintf("%s is not %s", cmp.Or(value, "this"), mends[kind]))
		}
		wrong = append(wrong, lineError{line, fmt.Errorf("%w: %s", scam.ErrInvalid, what)})
	}
	return wrong
}
