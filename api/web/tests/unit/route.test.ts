import { beforeEach, describe, expect, it } from 'vitest'
import { landing, signInHref } from '../../src/account/landing.ts'
import type { Account, OwnGrid } from '../../src/api/records.ts'
import { createRoute } from '../../src/state/route.ts'

const account: Account = { name: 'a', title: '', role: 'street', region: null, dept: null, holder: null, must_change: false, sample: true }
const own: OwnGrid[] = [{ scheme: 'duty', code: 'D001', name: null, center: [120, 36], bbox: [119, 35, 121, 37] }]

describe('route', () => {
  beforeEach(() => { history.replaceState(null, '', '/') })

  it('is the page of the path, the map where the path is none', () => {
    history.replaceState(null, '', '/people?q=a')
    const route = createRoute()
    expect([route.page.value, route.query.value.get('q'), route.onMap.value]).toEqual(['people', 'a', false])
    history.replaceState(null, '', '/elsewhere')
    expect(createRoute().page.value).toBe('map')
  })

  it('takes the map’s address along and brings it back', () => {
    history.replaceState(null, '', '/?region=370281#map=15/36/120')
    const route = createRoute()
    expect(route.mapHref('/grid')).toBe('/grid?region=370281#map=15/36/120')
    route.turn('/grid')
    expect([location.pathname, location.search, route.page.value, route.moves.value]).toEqual(['/grid', '?region=370281', 'grid', 0])
    route.go('/people')
    expect([location.pathname, location.search, location.hash]).toEqual(['/people', '', ''])
    route.turn('/')
    expect(location.pathname + location.search + location.hash).toBe('/?region=370281#map=15/36/120')
  })

  it('writes the query of a page in place and leaves out what is empty', () => {
    history.replaceState(null, '', '/users?theme=dark')
    const route = createRoute()
    const steps = history.length
    route.note({ q: '试', role: '' })
    expect([location.search, history.length, route.query.value.get('q')]).toEqual(['?theme=dark&q=%E8%AF%95', steps, '试'])
    route.note({ q: undefined })
    expect(location.search).toBe('?theme=dark')
  })

  it('leads back to where one came from, an officer to the own grids, and nobody to another site', () => {
    expect(landing('/people?q=a', account, [])).toBe('/people?q=a')
    expect(landing('/?region=370281', account, [])).toBe('/?region=370281')
    expect(landing(null, account, [])).toBe('/')
    expect(landing('//evil.example/', account, [])).toBe('/')
    expect(landing('https://evil.example/', account, [])).toBe('/')
    expect(landing('/sign-in', account, [])).toBe('/')
    expect(landing(null, { ...account, role: 'officer' }, own)).toBe('/grid?scheme=duty')
    expect(landing(null, { ...account, role: 'officer' }, own, true)).toBe('/today')
    expect(landing(null, account, own, true)).toBe('/')
    expect(landing('/me', { ...account, role: 'officer' }, own)).toBe('/me')
    expect(landing('/me', { ...account, role: 'officer' }, own, true)).toBe('/me')
    expect(landing('/#map=13/36.2/120', { ...account, role: 'officer' }, own)).toBe('/grid?scheme=duty')
    expect(landing('/?select=road/1#map=16/36.2/120', { ...account, role: 'officer' }, own)).toBe('/?select=road/1#map=16/36.2/120')
    expect(signInHref({ pathname: '/people', search: '?q=a', hash: '' })).toBe('/sign-in?to=%2Fpeople%3Fq%3Da')
    expect(signInHref({ pathname: '/', search: '', hash: '' })).toBe('/sign-in')
  })
})
