import type { Server } from '../api/server.ts'
import type { CollectionSchema } from '../api/types.ts'
import { pickTitle, type Lang, type Translate } from '../i18n/index.ts'
import { schemes } from '../print/data.ts'
import type { PatrolServer } from './server.ts'
import { valueText } from './text.ts'
import type { ChecklistItem } from './types.ts'

export interface Narrowing {
  code: string
  title: string
  title_en?: string | undefined
}

/** The field by which things of a layer are told apart in plans. */
const fields: Record<string, string> = { road: 'class', public_toilet: 'grade', barrier_free_ramp: 'kind', parking_space: 'kind', construction_site: 'kind' }

/** What a plan for such subjects can be narrowed to: a net of grids, a kind of places, a value of a field. */
export async function narrowingsOf(kind: string, server: Server, patrol: PatrolServer): Promise<Narrowing[]> {
  if (kind === 'grid') return schemes(server.client)
  if (kind === 'place') return patrol.placeKinds()
  const field = fields[kind]
  if (field === undefined) return []
  const { properties } = await server.schema(kind)
  return (properties[field]?.oneOf ?? []).map((one) => ({ code: String(one.const), title: one.title ?? String(one.const), title_en: one['x-title-en'] }))
}

/** What an answer to an item does to the record, in words of its layer where they are known. */
export function effectText({ effects }: Pick<ChecklistItem, 'effects'>, answer: 'pass' | 'fail', schema: CollectionSchema | undefined, lang: Lang, t: Translate): string {
  return (effects?.[answer] ?? []).map(({ field, value }) => {
    const [name = '', part] = field.split('.')
    const whole = schema?.properties[name]
    const property = part === undefined ? whole : whole?.properties?.[part]
    const option = property?.oneOf?.find((one) => one.const === value)
    return `${pickTitle(lang, property?.title, property?.['x-title-en']) || field}: ${option ? pickTitle(lang, option.title, option['x-title-en']) : valueText(value, lang, t)}`
  }).join(lang === 'zh' ? '；' : '; ')
}

/** Things of a layer have a schema; places and grids have none. */
export function schemaOf(kind: string, server: Server): Promise<CollectionSchema> | undefined {
  return kind === 'place' || kind === 'grid' ? undefined : server.schema(kind)
}
