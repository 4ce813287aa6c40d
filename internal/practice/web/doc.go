// Package web serves the offline Internet's hosts: http and https on one loopback
// port, told apart by the first byte, with a certificate for each host asked for.
package web
