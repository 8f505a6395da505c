package postgres

// PastSource is pastSource.
var PastSource = pastSource
