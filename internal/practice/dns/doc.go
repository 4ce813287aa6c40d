// Package dns is the offline Internet's name server: authoritative for .example,
// over UDP and TCP on one loopback port, with documentation addresses as answers.
package dns
