import type { CollectionSchema, SchemaProperty } from '../api/types.ts'
import { pickTitle, type Lang } from '../i18n/index.ts'

/** What the values of a field are, as far as showing and filtering goes. */
export type FieldKind = 'text' | 'enum' | 'number' | 'boolean' | 'date' | 'time' | 'object' | 'box'

/** One field of a layer: a column of the table and something to filter by. */
export interface InventoryField {
  name: string
  kind: FieldKind
  property: SchemaProperty
  filterable: boolean
  sortable: boolean
}

/** Stands for the shape of a feature in a filter. */
export const geometryField = 'geom'

/** The fields of a layer in the order of its schema; what can be filtered and sorted by is told by two documents of their own. */
export function fieldsOf(schema: CollectionSchema, queryables: CollectionSchema, sortables: CollectionSchema): InventoryField[] {
  return Object.entries(schema.properties)
    .filter(([, property]) => !isGeometry(property) && property['x-ogc-role'] !== 'id')
    .map(([name, property]) => ({
      name, property, kind: kindOf(property), filterable: kindOf(property) !== 'object' && name in queryables.properties, sortable: name in sortables.properties,
    }))
}

export function titleOf(field: InventoryField, lang: Lang): string {
  return pickTitle(lang, field.property.title, field.property['x-title-en']) || field.name
}

const symbols: Record<string, string> = { m: 'm', m2: 'm²', km2: 'km²', '1': '' }

/** The unit of a field for its heading; '' for none. */
export function unitOf({ property }: InventoryField): string {
  const unit = property['x-unit']
  return unit === undefined ? '' : symbols[unit] ?? unit
}

function isGeometry(property: SchemaProperty): boolean {
  return (property.format?.startsWith('geometry') ?? false) || property['x-ogc-role'] === 'primary-geometry'
}

function kindOf(property: SchemaProperty): FieldKind {
  const type = Array.isArray(property.type) ? property.type.find((one) => one !== 'null') : property.type
  if (property.oneOf) return 'enum'
  if (property.format === 'date') return 'date'
  if (property.format === 'date-time') return 'time'
  switch (type) {
    case 'number': case 'integer': return 'number'
    case 'boolean': return 'boolean'
    case 'object': case 'array': return 'object'
    default: return 'text'
  }
}
