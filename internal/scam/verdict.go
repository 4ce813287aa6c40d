package scam

// Class is what a landing is.
type Class string

const (
	ClassScam       Class = "scam"
	ClassSuspicious Class = "suspicious"
	ClassBenign     Class = "benign"
	ClassGone       Class = "gone" // already taken down: suspended, removed, a provider's warning
)

// Signal is one reason for a score.
type Signal struct {
	Rule    string `json:"rule"`    // stable name: "wording/pc-blocked"
	Weight  int    `json:"weight"`  // points added, may be negative
	Excerpt string `json:"excerpt"` // what was seen, shortened
}

// Verdict is the judgement on one landing. The score is the sum of its signals, held to 0..100.
type Verdict struct {
	Class        Class            `json:"class"`
	Score        int              `json:"score"`
	Brand        string           `json:"brand"`      // lower-case slug of the imitated brand; empty: none
	FraudType    string           `json:"fraud_type"` // XARF's terms: "tech_support"; empty unless scam or suspicious
	Language     string           `json:"language"`   // BCP 47; empty: unknown
	Signals      []Signal         `json:"signals"`
	Numbers      []CallbackNumber `json:"numbers"` // what the page tells people to call
	RulesVersion string           `json:"rules_version"`
}
