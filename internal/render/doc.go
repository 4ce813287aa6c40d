// Package render looks at a URL as a person would and brings home what happened: the
// chain of hops, dialogs, behaviors, and captures of every page that was shown.
//
// It drives one long-lived Chromium over the DevTools pipe
// (https://chromedevtools.github.io/devtools-protocol/). chromedp gives the pipe, the
// connection to the browser and the protocol's types. The sessions of pages are our
// own (session.go): a popup or a cross-site frame must be held before its first script
// runs, and a page must not be able to stop the reader of everybody's messages by
// flooding one client with changes of its DOM.
//
// Chromium keeps its sandbox, runs as an unprivileged user when we are root, and has
// no way to the web but the egress proxy of the visit. We look and never act: nothing
// is typed, no form submitted, no outside scheme opened.
package render
