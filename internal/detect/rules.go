package detect

import (
	"embed"
	"sync"
)

//go:embed rules/*.txt
var ruleFiles embed.FS

// engineVersion changes when the code weighs the same rules otherwise.
const engineVersion = "1"

// family is a group of phrases that mean the same.
type family struct {
	name                       string
	points, total              int
	claim, call, report, trade bool
	account                    bool // the claim is about an account with some company
	gone                       bool // a provider's page in the place of one taken down
}

// brandRule is what is known of one brand.
type brandRule struct {
	slug            string
	domains, except []string // registrable domains or hosts
	hostWords       []string
}

// behaviorRule weighs one thing that a page does.
type behaviorRule struct {
	points int
	trap   bool
}

// hostRule weighs a word in, or a suffix of, a host name.
type hostRule struct {
	name   string
	points int
}

// ruleSet is everything under rules/, read once and never changed.
type ruleSet struct {
	version   string
	book      *book
	families  []family
	brands    []brandRule
	classes   map[string]string // words that phrases name as {class}: "a|b|c"
	before    map[uint32]int    // words that take the force out of a claim, and how many words ahead
	after     map[uint32]int    // the same, and how many words behind
	nots      map[uint32]bool   // words that deny the claim in which they stand
	nameOf    map[int]mention   // by phrase: the brand that it names
	behaviors map[string]behaviorRule
	hostWords []hostRule
	shared    []hostRule
	official  map[string]string // E.164 -> brand
}

// mention is a phrase that names a brand.
type mention struct{ brand, points int }

// rules reads the embedded files once. They are part of the program: a broken line
// is a bug that TestRules finds, hence the panic.
//
//nolint:gochecknoglobals // a constant that has to be parsed
var rules = sync.OnceValue(func() *ruleSet {
	r, err := loadRules(ruleFiles)
	if err != nil {
		panic(err)
	}
	return r
})

// RulesVersion names the rules that verdicts follow: it changes with any of them.
func RulesVersion() string { return rules().version }
