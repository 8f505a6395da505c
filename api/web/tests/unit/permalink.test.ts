import { describe, expect, it } from 'vitest'
import { formatPermalink, parsePermalink, parseSelection, type Permalink, type Selection } from '../../src/state/permalink.ts'

const selections: Selection[] = [
  { kind: 'feature', layer: 'public_toilet', id: '12' },
  { kind: 'region', code: '370281001' },
  { kind: 'grid', scheme: 'duty', code: '37028190017' },
  { kind: 'cell', layer: 'public_toilet', cell: '8931aa4d6d3ffff' },
  { kind: 'place', at: [120.0123456, -36.2700001] },
]

describe('permalink', () => {
  it.each(selections)('comes back as it was written: %o', (selection) => {
    const link: Permalink = { region: '370281', selection, on: ['grid_duty'], off: ['ground', 'road'], opacity: { road: 60 }, density: 'parking_space', scheme: 'street', color: 'load', at: '2026-01-02', theme: 'dark', lang: 'en' }
    const back = parsePermalink(formatPermalink(link))
    if (selection.kind === 'place') {
      expect(back.selection).toEqual({ kind: 'place', at: [120.012346, -36.27] })
      expect({ ...back, selection }).toEqual(link)
    } else {
      expect(back).toEqual(link)
    }
  })

  it('is empty when nothing differs from the default', () => {
    expect(formatPermalink({ on: [], off: [], opacity: { road: 100 } })).toBe('')
    expect(parsePermalink('')).toEqual({ on: [], off: [], opacity: {} })
  })

  it('can be read by people', () => {
    expect(formatPermalink({ selection: { kind: 'feature', layer: 'road', id: '7' }, on: [], off: ['ground', 'region'], opacity: { road: 50 } }))
      .toBe('?select=road/7&off=ground,region&opacity=road:50')
  })

  it.each(['road', 'road/', '/7', 'Road/7', '../7', '@1', '@200,10', '@1,91', '@a,b', '<b>/1', 'grid/7', 'grid/Duty/7', 'grid/duty/', 'grid/duty/7/8', 'road_density/7', 'road_density/8931AA4D6D3FFFF'])('refuses the selection %s', (text) => {
    expect(parseSelection(text)).toBeUndefined()
  })

  it('leaves out what it does not know', () => {
    expect(parsePermalink('?theme=pink&lang=fr&density=<b>&off=a b,ok&opacity=road:500,x:20&select=?&utm=1')).toEqual({ on: [], off: ['ok'], opacity: { x: 20 } })
  })
})
