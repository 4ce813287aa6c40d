package scam

// Source says where on a page a number stands.
type Source string

const (
	SourceText      Source = "text"
	SourceTelLink   Source = "tel_link"
	SourceDialog    Source = "dialog"
	SourceScript    Source = "script"
	SourceAttribute Source = "attribute"
	SourceImage     Source = "image"
	SourceURL       Source = "url"
	SourceSpeech    Source = "speech"
	SourceAuthRealm Source = "auth_realm"
)

// CallbackNumber is a phone number that a page tells its visitor to call.
type CallbackNumber struct {
	E164    string   `json:"e164"`    // "+18005550100"
	Raw     string   `json:"raw"`     // as printed
	Region  string   `json:"region"`  // ISO 3166-1 alpha-2; empty: none (a global service)
	Kind    string   `json:"kind"`    // toll_free, fixed_line, mobile, fixed_line_or_mobile, voip, premium, shared_cost, uan, unknown
	Sources []Source `json:"sources"` // each once, in the order of the constants
	Excerpt string   `json:"excerpt"` // the words around it
}
