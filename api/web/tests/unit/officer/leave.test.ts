import { afterEach, describe, expect, it, vi } from 'vitest'
import { forgetOfficer } from '../../../src/officer/account.ts'
import { noteClass, recentClasses } from '../../../src/officer/recents.ts'

afterEach(() => { vi.unstubAllGlobals(); localStorage.clear() })

describe('the classes reported lately', () => {
  it('are the officer’s who signs out, not the next one’s', () => {
    noteClass('0102')
    noteClass('0104')
    expect(recentClasses()).toEqual(['0104', '0102'])
    forgetOfficer()
    expect(recentClasses()).toEqual([])
  })

  it('do not undo a report on a phone without room', () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem() { throw new DOMException('full', 'QuotaExceededError') } })
    expect(() => { noteClass('0102') }).not.toThrow()
  })
})
