// Package discover turns a seed into candidates: URLs worth a look in a browser. It has
// one file per kind of seed, fetches with colly through the egress guard, and decides
// nothing about what it finds.
package discover
