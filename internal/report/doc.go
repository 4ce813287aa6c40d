// Package report writes what is sent to those who can act on a scam, and hands it over:
// a letter in plain text, a captioned picture, the exact facts as report.txt, and the same
// as XARF 4.2 (https://xarf.org) for machines. One file per channel; mail is the first.
package report
