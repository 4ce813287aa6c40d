package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestScreenTellsTheStoryAndCountsIt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newScreen(&out, time.Now())
	for _, line := range []string{
		`{"level":"INFO","msg":"seed due","seed":"news"}`,
		`{"level":"INFO","msg":"seed due","seed":"videos"}`,
		`{"level":"INFO","msg":"not part of the story"}`,
		`{"level":"ERROR","msg":"visit failed","error":"no browser"}`,
		`panic: not JSON`,
	} {
		s.show(parse("crawler", []byte(line)))
	}
	for _, want := range []string{"seed due: news", "ERROR: visit failed, error no browser", "panic: not JSON"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not shown in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "not part of the story") {
		t.Error("shows what is not part of the story")
	}
	if len(s.stages) != 1 || s.stages[0].Count != 2 {
		t.Errorf("stages %+v", s.stages)
	}
}
