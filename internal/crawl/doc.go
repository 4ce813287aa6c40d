// Package crawl is the first engine: seeds that are due become candidates, candidates
// become visits, and visits become findings. It also answers takedown's rechecks.
package crawl
