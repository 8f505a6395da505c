package cql2

// Filter is a filter expression that has been read.
type Filter struct{ text string }

// String is the filter in its canonical form.
func (f *Filter) String() string { return f.text }
