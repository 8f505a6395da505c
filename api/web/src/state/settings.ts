import { computed, ref, watchEffect, type ComputedRef, type Ref } from 'vue'
import { htmlLang, translate, type Lang, type Translate } from '../i18n/index.ts'
import type { Theme } from './permalink.ts'

const themeKey = 'wangge.theme'
const langKey = 'wangge.lang'

export interface Settings {
  theme: ComputedRef<Theme>
  lang: ComputedRef<Lang>
  /** What the user chose; undefined follows the system. */
  chosenTheme: Ref<Theme | undefined>
  chosenLang: Ref<Lang | undefined>
  t: Translate
  toggleTheme(): void
  toggleLang(): void
}

/** Theme and language: the address first, then what was chosen before, then the system. */
export function createSettings(fromLink: { theme?: Theme; lang?: Lang }): Settings {
  const darkQuery = window.matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(darkQuery.matches)
  darkQuery.addEventListener('change', (event) => { systemDark.value = event.matches })

  const chosenTheme = ref<Theme | undefined>(fromLink.theme ?? remembered<Theme>(themeKey, ['light', 'dark']))
  const chosenLang = ref<Lang | undefined>(fromLink.lang ?? remembered<Lang>(langKey, ['zh', 'en']))
  const theme = computed<Theme>(() => chosenTheme.value ?? (systemDark.value ? 'dark' : 'light'))
  const lang = computed<Lang>(() => chosenLang.value ?? 'zh')

  watchEffect(() => { document.documentElement.dataset.theme = theme.value })
  watchEffect(() => { document.documentElement.lang = htmlLang[lang.value] })

  return {
    theme, lang, chosenTheme, chosenLang,
    t: (key, params) => translate(lang.value, key, params),
    toggleTheme() {
      chosenTheme.value = theme.value === 'dark' ? 'light' : 'dark'
      remember(themeKey, chosenTheme.value)
    },
    toggleLang() {
      chosenLang.value = lang.value === 'zh' ? 'en' : 'zh'
      remember(langKey, chosenLang.value)
    },
  }
}

function remembered<T extends string>(key: string, allowed: T[]): T | undefined {
  try {
    const value = localStorage.getItem(key)
    return allowed.find((one) => one === value)
  } catch {
    return undefined // storage is refused in some private windows
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // the choice then lasts for this visit
  }
}
