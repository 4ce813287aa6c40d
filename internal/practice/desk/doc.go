// Package desk is the abuse desks of the offline Internet's providers: they read the
// reports that reach them, and act on the valid ones, each in its own way.
package desk
