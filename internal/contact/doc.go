// Package contact finds who can act on a URL: the network that holds its address and the
// registrar of its domain, as the registries tell over RDAP (RFC 9082, RFC 9083).
//
// The RDAP client is our own: the answers that matter come from servers that answer 429,
// send megabytes, or leave the registrar's address to a related link, and the library at
// hand (openrdap/rdap) bounds no body, honours no Retry-After and follows no link. What
// is left to do is one HTTP GET and a reader that forgives, which is less than wrapping it.
package contact
