import { describe, expect, it } from 'vitest'
import { en } from '../../src/i18n/en.ts'
import { pickTitle, translate } from '../../src/i18n/index.ts'
import { zh } from '../../src/i18n/zh.ts'

describe('dictionaries', () => {
  it('have the same parameters in both languages', () => {
    const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect([key, parameters(en[key])]).toEqual([key, parameters(zh[key])])
  })

  it('fill in parameters and leave unknown ones to be seen', () => {
    expect(translate('zh', 'layers.inView', { n: 3 })).toBe('视野内 3 项')
    expect(translate('en', 'layers.inView')).toBe('{n} in view')
  })

  it('fall back to the title there is', () => {
    expect([pickTitle('en', '路', 'Road'), pickTitle('en', '路', undefined), pickTitle('zh', '路', 'Road'), pickTitle('zh', undefined, 'Road'), pickTitle('zh', undefined, undefined)])
      .toEqual(['Road', '路', '路', 'Road', ''])
    expect([pickTitle('en', '胶西街道', ''), pickTitle('zh', '', 'Road')]).toEqual(['胶西街道', 'Road']) // the record has no other
  })
})
