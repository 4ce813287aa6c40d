// Package rdap answers for the offline Internet's registry, registrars and address
// registries, in RDAP (RFC 9082, RFC 9083) with bootstrap files (RFC 9224). Its
// servers are handlers that the practice web server runs as virtual hosts.
package rdap
