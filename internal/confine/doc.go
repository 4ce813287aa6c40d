// Package confine runs children (Chrome, tesseract, PostgreSQL) as an unprivileged
// user, with a clean environment and limits, so that they end with their parent.
//
// It is for Linux: it uses parent-death signals (prctl(2)) and prlimit(2).
package confine
