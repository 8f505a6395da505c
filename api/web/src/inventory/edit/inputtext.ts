import { formatValue } from '../../drawer/fields.ts'
import type { Settings } from '../../state/settings.ts'
import { valueOf, type FormField, type Input } from './form.ts'

/** A value as people read it, with its label and unit; a dash for none. */
export function valueText(field: FormField, value: unknown, { t, lang }: Pick<Settings, 't' | 'lang'>): string {
  if (value === null || value === undefined || value === '') return '–'
  if (field.kind === 'checklist') {
    const met = field.checks.filter(({ key }) => (value as Record<string, unknown>)[key] === true)
    return met.length === 0 ? t('edit.noneMet') : met.map(({ label }) => label).join(lang.value === 'zh' ? '、' : ', ')
  }
  return typeof value === 'object' ? JSON.stringify(value) : formatValue(value, field.property, lang.value)
}

/** What stands in an input, the same way. */
export function inputText(field: FormField, input: Input, settings: Pick<Settings, 't' | 'lang'>): string {
  const value = valueOf(field, input)
  return value === undefined ? String(input) : valueText(field, value, settings)
}
