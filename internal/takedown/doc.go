// Package takedown is the second engine: a confirmed finding becomes a case, a case its
// reports, and reports are followed up until the page is down.
package takedown
