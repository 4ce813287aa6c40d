package crawl

import (
	"errors"
	"testing"
	"time"

	"popdown/internal/scam"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestNextRun(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		schedule, zone string
		last, now      string // last: the run that is due; empty: never scheduled
		want           string
	}{
		"five fields":                     {"*/15 * * * *", "UTC", "", "2026-11-23T09:07:00Z", "2026-11-23T09:15:00Z"},
		"six fields, seconds first":       {"*/5 * * * * *", "UTC", "", "2026-11-23T09:07:01Z", "2026-11-23T09:07:05Z"},
		"a descriptor":                    {"@hourly", "", "", "2026-11-23T09:07:00Z", "2026-11-23T10:00:00Z"},
		"strictly after now":              {"0 * * * *", "UTC", "", "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"},
		"the seed's clock, not ours":      {"0 9 * * *", "America/New_York", "", "2026-11-23T12:00:00Z", "2026-11-23T14:00:00Z"},
		"a descriptor too":                {"@daily", "Asia/Tokyo", "", "2026-11-23T12:00:00Z", "2026-11-23T15:00:00Z"},
		"a half-hour zone":                {"0 9 * * *", "Asia/Kolkata", "", "2026-11-23T00:00:00Z", "2026-11-23T03:30:00Z"},
		"every keeps its rhythm":          {"@every 90s", "UTC", "2026-11-23T09:00:00Z", "2026-11-23T09:00:02Z", "2026-11-23T09:01:30Z"},
		"every, never run":                {"@every 90s", "UTC", "", "2026-11-23T09:00:02Z", "2026-11-23T09:01:32Z"},
		"missed runs are made up once":    {"*/5 * * * *", "UTC", "2026-11-20T00:00:00Z", "2026-11-23T09:07:00Z", "2026-11-23T09:10:00Z"},
		"missed rounds of every as well":  {"@every 10m", "UTC", "2026-11-20T00:00:00Z", "2026-11-23T09:07:00Z", "2026-11-23T09:17:00Z"},
		"before the clocks go forward":    {"30 2 * * *", "America/New_York", "", "2026-03-07T07:00:00Z", "2026-03-07T07:30:00Z"},
		"a time that the clocks skip":     {"30 2 * * *", "America/New_York", "2026-03-07T07:30:00Z", "2026-03-07T07:30:01Z", "2026-03-09T06:30:00Z"},
		"hourly over the skip":            {"0 * * * *", "America/New_York", "", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"},
		"a time that the clocks repeat":   {"30 1 * * *", "America/New_York", "", "2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z"},
		"the same time again":             {"30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T05:30:01Z", "2026-11-01T06:30:00Z"},
		"a day in summer, one in winter":  {"0 12 * * *", "Europe/Berlin", "", "2026-10-24T11:00:00Z", "2026-10-25T11:00:00Z"},
		"midnight that the clocks skip":   {"0 0 * * *", "America/Asuncion", "", "2023-09-30T12:00:00Z", "2023-10-02T03:00:00Z"},
		"a leap day":                      {"0 0 29 2 *", "UTC", "", "2026-11-23T00:00:00Z", "2028-02-29T00:00:00Z"},
		"day of month or day of the week": {"0 0 1 * MON", "UTC", "", "2026-11-23T01:00:00Z", "2026-11-30T00:00:00Z"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scam.Seed{Schedule: tt.schedule, TimeZone: tt.zone, NextRunAt: at(t, tt.last)}
			got, err := NextRun(s, at(t, tt.now))
			if err != nil {
				t.Fatal(err)
			}
			if want := at(t, tt.want); !got.Equal(want) || got.Location() != time.UTC {
				t.Errorf("next run %v, want %v", got, want)
			}
		})
	}
}

func TestBadSchedulesAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string][2]string{
		"empty":                      {"", "UTC"},
		"too few fields":             {"* * *", "UTC"},
		"too many fields":            {"* * * * * * *", "UTC"},
		"out of range":               {"61 * * * *", "UTC"},
		"a day that never comes":     {"0 0 30 2 *", "UTC"},
		"a step of nothing":          {"*/0 * * * *", "UTC"},
		"an unknown descriptor":      {"@sometimes", "UTC"},
		"every without a time":       {"@every", "UTC"},
		"every nothing":              {"@every 0s", "UTC"},
		"every, backwards":           {"@every -5m", "UTC"},
		"every, faster than a clock": {"@every 10ms", "UTC"},
		"a zone in the expression":   {"TZ=UTC", "UTC"},
		"another zone in it":         {"CRON_TZ=Asia/Tokyo 0 0 * * *", "UTC"},
		"an unknown zone":            {"@hourly", "Middle/Earth"},
		"this machine's zone":        {"@hourly", "Local"},
		"a path for a zone":          {"@hourly", "../../etc/passwd"},
	} {
		if s, err := ParseSchedule(tt[0], tt[1]); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%s: %v, error %v, want scam.ErrInvalid", name, s, err)
		}
	}
}
