// Package detect judges what a visit saw: scam, suspicious, benign or gone, with
// every reason as a signal, and reads the numbers that a page tells people to call.
// It is pure: no I/O, no clock, the same visit gives the same verdict.
//
// What pages say, do and are called is data under rules/; how it is weighed is here.
package detect
