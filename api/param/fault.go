package param

import "strings"

// Fault is one thing wrong with a request, in both languages.
type Fault struct {
	In       string // query, path, header or body
	Name     string // of the parameter; in the body a JSON pointer
	Pointer  string // into a parameter that is JSON
	Detail   string
	DetailEn string
}

// Faults are all things wrong with a request. They are an error.
type Faults []Fault

// Error lists the faults in English.
func (f Faults) Error() string {
	parts := make([]string, len(f))
	for i, fault := range f {
		parts[i] = fault.Name + ": " + fault.DetailEn
	}
	return strings.Join(parts, "; ")
}

// InPath is the fault of a name in the path.
func InPath(name, detail, detailEn string) Faults {
	return Faults{{In: "path", Name: name, Detail: detail, DetailEn: detailEn}}
}

// InQuery is the fault of a query parameter.
func InQuery(name, detail, detailEn string) Faults {
	return Faults{{In: "query", Name: name, Detail: detail, DetailEn: detailEn}}
}
