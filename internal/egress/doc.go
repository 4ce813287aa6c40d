// Package egress is the one door to the web: everything that a page, feed, DNS or
// RDAP answer chose is dialled here, by colly, the RDAP client and Chrome alike.
//
// A Guard judges the address that is really dialled: public ones on web ports pass,
// and what the operator named. A Session is the budget and the record of one visit;
// Chrome reaches it through a forward proxy on loopback that asks for a secret.
package egress
