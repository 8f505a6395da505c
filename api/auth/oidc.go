package auth

// Provider is the bureau's own identity provider.
type Provider struct{ title string }
