package scam

import "time"

// User is an analyst who may log in.
type User struct {
	ID           int64     `json:"id"`
	Name         string    `json:"name"` // lower case, unique
	PasswordHash string    `json:"-"`    // PHC string
	CreatedAt    time.Time `json:"created_at"`
}
