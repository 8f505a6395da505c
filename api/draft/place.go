package draft

import (
	"wangge/api/param"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/postgres"
)

// Authorize says where an actor may edit the inventory: in the own region, or what belongs to the own department, whichever of a feature's three
// departments that is. The error is that of package rights.
func Authorize(who rights.Actor) postgres.Authorize {
	return func(p postgres.Place) error {
		err := who.May(rights.EditInventory, rights.Place{Region: p.Region})
		for _, dept := range p.Depts {
			if err == nil {
				break
			}
			err = who.May(rights.EditInventory, rights.Place{Region: p.Region, Dept: dept})
		}
		return err
	}
}

// InBody makes faults of the body of faults of a feature that stands at a place of it.
func InBody(at string, faults layers.Faults) param.Faults {
	out := make(param.Faults, len(faults))
	for i, f := range faults {
		out[i] = param.Fault{In: "body", Name: at + f.Pointer, Detail: f.Zh, DetailEn: f.En}
	}
	return out
}
