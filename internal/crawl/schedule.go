package crawl

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"popdown/internal/scam"
)

// ParseSchedule reads a cron expression of robfig/cron (five fields, or six with the
// seconds first; @hourly and the like; "@every 90s", whole seconds) in a time zone given
// as an IANA name, empty for UTC. A wall time that the clocks skip does not happen that
// day; one that they repeat happens twice. Errors wrap scam.ErrInvalid and say the mend.
func ParseSchedule(expr, tz string) (cron.Schedule, error) {
	loc, err := location(tz)
	if err != nil {
		return nil, err
	}
	expr = strings.TrimSpace(expr)
	// The parser takes a zone here too, and panics on one without a space behind it.
	if strings.HasPrefix(expr, "TZ=") || strings.HasPrefix(expr, "CRON_TZ=") {
		return nil, fmt.Errorf("%w: schedule %q: write the zone as time_zone", scam.ErrInvalid, expr)
	}
	parser := cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	s, err := parser.Parse(expr)
	if err != nil {
		return nil, fmt.Errorf("%w: schedule %q: %w; write e.g. \"*/15 * * * *\", six fields with the seconds first, or \"@every 1h\"",
			scam.ErrInvalid, expr, err)
	}
	switch s := s.(type) {
	case *cron.SpecSchedule:
		s.Location = loc
		if s.Next(time.Unix(0, 0)).IsZero() {
			return nil, fmt.Errorf("%w: schedule %q: no such day ever comes", scam.ErrInvalid, expr)
		}
	case cron.ConstantDelaySchedule:
		// cron.Every makes a second of whatever is shorter, negative or zero.
		if every, err := time.ParseDuration(strings.TrimPrefix(expr, "@every ")); err != nil || every < time.Second {
			return nil, fmt.Errorf("%w: schedule %q: the shortest is \"@every 1s\"", scam.ErrInvalid, expr)
		}
	}
	return s, nil
}

// NextRun gives the first time after now at which a seed's schedule fires. Runs missed
// while nothing ran are made up for by the one that is due now, and "@every" keeps its
// rhythm. Errors wrap scam.ErrInvalid.
func NextRun(s scam.Seed, now time.Time) (time.Time, error) {
	schedule, err := ParseSchedule(s.Schedule, s.TimeZone)
	if err != nil {
		return time.Time{}, err
	}
	var next time.Time
	if !s.NextRunAt.IsZero() {
		next = schedule.Next(s.NextRunAt.UTC())
	}
	if !next.After(now) {
		next = schedule.Next(now.UTC())
	}
	if next.IsZero() {
		return time.Time{}, fmt.Errorf("%w: schedule %q: does not come again", scam.ErrInvalid, s.Schedule)
	}
	return next.UTC(), nil
}

func location(tz string) (*time.Location, error) {
	if tz == "" {
		return time.UTC, nil
	}
	loc, err := time.LoadLocation(tz)
	if err != nil || tz == "Local" {
		return nil, fmt.Errorf("%w: time_zone %q is not an IANA name such as Europe/Paris", scam.ErrInvalid, tz)
	}
	return loc, nil
}
