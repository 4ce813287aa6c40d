// Package review is the analysts' web application: the queue, a finding's evidence, the
// decision, the case with its reports, their preview and approval, and the checks.
package review
