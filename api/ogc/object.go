package ogc

import "wangge/api/reply"

// object is a JSON object that keeps the order of its members, which is that of the catalogue: people read it.
type object[T any] struct {
	names  []string
	values []T
}

func (o *object[T]) set(name string, value T) {
	o.names = append(o.names, name)
	o.values = append(o.values, value)
}

// MarshalJSON is part of json.Marshaler.
func (o object[T]) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, name := range o.names {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := reply.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := reply.Marshal(o.values[i])
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// IsZero leaves an empty object out where omitzero says so.
func (o object[T]) IsZero() bool { return len(o.names) == 0 }
