// Package selection reads from a request which features of a layer it wants: the parameters that items, the order of a table and exports have in
// common. 请求所选的对象。
//
// Decisions:
//
//   - What a caller may not see is not known here: a filter, an order or a list of properties that names it is answered as one that names
//     nothing.
//   - A box in another system than degrees is a curved shape in degrees. It is followed by its edges in small steps, so that what is selected is
//     what the box holds, not what a larger box does. A box whose west is greater than its east lies across the antimeridian.
//   - A day is its end in the city's time zone, for one instant is asked for; an interval begins with the beginning of its first day.
//     An instant in the future is now.
//   - Every filterable field is a parameter of its own, and means equality. Enumerations take codes and labels.
package selection
