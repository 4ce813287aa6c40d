package evaluate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// text is one line of labelled text; further fields are ignored.
type text struct {
	ID       string   `json:"id"`
	Label    Label    `json:"label"`
	Brand    string   `json:"brand"`
	Language string   `json:"language"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	URL      string   `json:"url"`
	Numbers  []string `json:"numbers"`
}

// Texts scores lines of labelled text without a browser: each a JSON object with
// id, label, brand, language, title, text, numbers, and url where the address
// matters. An error names the line and wraps scam.ErrInvalid.
func Texts(r io.Reader) (Result, error) {
	var pages []Page
	var answers []answer
	in := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, readErr := in.ReadBytes('\n')
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return Result{}, fmt.Errorf("read texts: %w", readErr)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			p, a, err := scoreText(line, n)
			if err != nil {
				return Result{}, fmt.Errorf("texts line %d: %w", n, err)
			}
			pages, answers = append(pages, p), append(answers, a)
		}
		if readErr != nil {
			break
		}
	}
	if len(pages) == 0 {
		return Result{}, fmt.Errorf("read texts: %w: there is no line", scam.ErrInvalid)
	}
	return compare(pages, answers), nil
}

func scoreText(line []byte, n int) (Page, answer, error) {
	var t text
	if err := json.Unmarshal(line, &t); err != nil {
		return Page{}, answer{}, fmt.Errorf("%w: %w", scam.ErrInvalid, err)
	}
	if t.Label != LabelScam && t.Label != LabelBenign {
		return Page{}, answer{}, fmt.Errorf("%w: label %q (want %s or %s)", scam.ErrInvalid, t.Label, LabelScam, LabelBenign)
	}
	numbers, err := checkNumbers(t.Numbers)
	if err != nil {
		return Page{}, answer{}, err
	}
	if t.ID == "" {
		t.ID = fmt.Sprintf("line %d", n)
	}
	if t.URL == "" {
		t.URL = "https://page.example/"
	}
	p := Page{Name: t.ID, Label: t.Label, Brand: slug(t.Brand), Language: t.Language, Numbers: numbers, URL: t.URL}
	v := scam.Visit{RequestedURL: t.URL, Outcome: scam.OutcomeLoaded, Landings: []scam.Landing{{URL: t.URL, Title: t.Title, Text: t.Text}}}
	return p, answerOf(v, detect.Judge(v)), nil
}
