// Package site reads the files that the offline Internet is made of: one .txtar a
// site, and providers.yaml with the companies that host and register them.
//
// A site file's comment holds lines of "key: value" and one "host" line for each host
// that the file introduces; its entries are pages named host/path, optionally with a query:
//
//	label: scam
//	brand: microsoft
//	numbers: +18445550143
//	landing: http://win-alert.example/
//	host win-alert.example: address=203.0.113.9 network=northhost registrar=namebarn registered=2026-11-02
//	-- ads.clicknet.example/go?zone=7 --
//	HTTP/1.1 302 Found
//	Location: http://win-alert.example/
//
//	-- win-alert.example/ --
//	Content-Type: text/html; charset=utf-8
//
//	<!doctype html>...
package site
