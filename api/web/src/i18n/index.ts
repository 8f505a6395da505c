import { en } from './en.ts'
import { zh, type Dictionary, type MessageKey } from './zh.ts'

export type Lang = 'zh' | 'en'
export type { Dictionary, MessageKey }
export type Params = Record<string, string | number>
export type Translate = (key: MessageKey, params?: Params) => string

const dictionaries: Record<Lang, Dictionary> = { zh, en }

/** The value of the document's `lang` attribute: it also chooses the glyphs of shared Han characters. */
export const htmlLang: Record<Lang, string> = { zh: 'zh-CN', en: 'en' }

export function translate(lang: Lang, key: MessageKey, params: Params = {}): string {
  return dictionaries[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/** The title in the language asked for, Chinese when there is no other. */
export function pickTitle(lang: Lang, title: string | undefined, titleEn: string | undefined): string {
  return (lang === 'en' && titleEn) || title || titleEn || ''
}
