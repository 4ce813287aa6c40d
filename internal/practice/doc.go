// Package practice is the offline Internet: scam sites and their ad chains, harmless
// sites, DNS, RDAP, and providers whose abuse desks act on valid reports. Each part
// is a real server on loopback that refuses what the real ones refuse.
package practice
