// Package mail is the offline Internet's submission server (RFC 6409): it takes
// reports after STARTTLS and AUTH, refuses what a real one refuses, and keeps
// every message in memory and as a file that a person can open.
package mail
