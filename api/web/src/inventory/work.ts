import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Server } from '../api/server.ts'
import type { Box, LegendLayer, Position } from '../api/types.ts'
import type { Changes } from '../state/changes.ts'
import type { Layers } from '../state/layers.ts'
import type { Permalink } from '../state/permalink.ts'
import type { Route } from '../state/route.ts'
import type { Selecting } from '../state/selecting.ts'
import type { Session } from '../state/session.ts'
import { createResource, type Resource } from '../grid/resource.ts'
import { defaultColumns, shownColumns, useRemembered, type ColumnChoice } from './columns.ts'
import { parseConditions } from './cql.ts'
import { printConditions, withoutShapes, type Conditions, type KindOf } from './filter.ts'
import type { TableLink } from './link.ts'
import { countPicked, formatPicks, noPicks, parsePicks, type Picks } from './marks.ts'
import { createNames, type KnownNames } from './names.ts'
import { createOnTiles, type OnTiles } from './ontiles.ts'
import { createOrder, type Ordered } from './order.ts'
import { fieldsOf, geometryField, type InventoryField } from './queryables.ts'
import { createRows, type Rows } from './rows.ts'
import { InventoryServer, type InventoryFeature, type Question } from './server.ts'
import { formatSort, parseSort, type SortKey } from './sorting.ts'

const gatherMs = 1_500
const columnsKey = 'wangge.inventory.columns'
const none: readonly number[] = []

/** The inventory workspace: the table of one layer, filtered and sorted, beside the map. */
export interface InventoryWork {
  server: InventoryServer
  /** The workspace is on the screen. */
  active: ComputedRef<boolean>
  /** The layers that have a table. */
  layers: ComputedRef<LegendLayer[]>
  /** The layer shown; undefined until the layers are known. */
  layer: ComputedRef<string | undefined>
  fields: Resource<InventoryField[]>
  kindOf: KindOf
  /** CQL2 text; '' for no filter. */
  filter: Ref<string>
  /** The filter as the builder shows it; undefined where it is not of its form. */
  conditions: ComputedRef<Conditions | undefined>
  /** A grid that the features must lie in: scheme:code. The region is the one drilled down to. */
  within: Ref<string | undefined>
  sort: ShallowRef<SortKey[]>
  columns: ComputedRef<InventoryField[]>
  widths: ComputedRef<Record<string, number>>
  /** Only what the map shows. */
  inView: Ref<boolean>
  /** The map shows only what the filter lets through. */
  onMap: Ref<boolean>
  tiles: OnTiles
  question: ComputedRef<Question | undefined>
  order: Ordered
  ids: ComputedRef<readonly number[]>
  rows: Rows
  names: KnownNames
  picks: ShallowRef<Picks>
  /** How many are picked. */
  picked: ComputedRef<number>
  /** The feature pointed at in the table. */
  pointed: ShallowRef<InventoryFeature | undefined>
  /** Takes the box that is drawn on the map next. */
  boxing: ShallowRef<((box: Box) => void) | undefined>
  showLayer(layer: string): void
  chooseColumns(names: string[] | undefined): void
  setWidth(name: string, px: number | undefined): void
  /** Asks again for what is shown, for instance after a write. What is known stays until then. */
  refresh(): void
  link: ComputedRef<TableLink | undefined>
  restore(link: Permalink): void
}

interface Needs {
  server: Server
  session: Session
  changes: Changes
  route: Route
  layers: Layers
  selecting: Selecting
  view: { box: Ref<Box | undefined>; center: Ref<Position | undefined> }
  link: Permalink
}

export function createInventoryWork(needs: Needs): InventoryWork {
  const { session, changes, route, selecting, link: from } = needs
  const server = new InventoryServer(needs.server.client)
  const active = computed(() => route.page.value === 'inventory')
  const layers = computed(() => needs.layers.legend.value.filter(({ group, collection }) => group === 'inventory' && collection))
  const chosen = ref(from.table?.layer ?? (from.selection?.kind === 'feature' ? from.selection.layer : undefined))
  const layer = computed(() => (layers.value.find((one) => one.layer === chosen.value) ?? layers.value[0])?.layer)
  const filter = ref(from.table?.filter ?? '')
  const within = ref(from.table?.within)
  const sort = shallowRef(parseSort(from.table?.sort))
  const inView = ref(from.table?.inview === '1')
  const onMap = ref(from.table?.onmap !== '0')
  const picks = shallowRef(parsePicks(from.table?.picked))

  const fields = createFields(server, session, () => (active.value ? layer.value : undefined))
  const kindOf: KindOf = (name) => (name === geometryField ? 'box' : fields.value.value?.find((field) => field.name === name)?.kind)
  const conditions = computed(() => (fields.value.value ? parseConditions(filter.value, kindOf) : undefined))
  const { columns, widths, chosenColumns, chooseColumns, setWidth, linkColumns } = createColumns(layer, fields, from.table)
  /** What a link asks to sort by and the layer cannot is left out. */
  const sorted = computed(() => sort.value.filter(({ name }) => fields.value.value?.some((field) => field.name === name && field.sortable)))
  const question = computed((): Question | undefined => (active.value && layer.value !== undefined && fields.value.value ? {
    layer: layer.value, filter: filter.value, sort: formatSort(sorted.value), region: selecting.region.value, grid: within.value,
    box: inView.value ? needs.view.box.value : undefined,
  } : undefined))
  const order = createOrder(server, () => question.value)
  const ids = computed(() => order.answer.value?.order.ids ?? none)
  const rows = createRows(server)
  watch(order.answer, (answer) => { rows.reset(answer?.question.layer ?? '', answer?.order.ids ?? none, true) }, { flush: 'sync' })
  const tiles = createOnTiles(server, () => {
    if (!active.value || !onMap.value || layer.value === undefined || filter.value === '' || !fields.value.value) return undefined
    const known = conditions.value
    if (!known) return { layer: layer.value, filter: filter.value }
    const drawable = withoutShapes(known)
    return drawable && { layer: layer.value, filter: printConditions(drawable, kindOf) }
  })
  const picked = computed(() => countPicked(picks.value, ids.value.length))
  followChanges(changes, () => (active.value ? layer.value : undefined), order.reload)
  watch(() => session.account.value?.name, () => { if (order.answer.value) order.reload() })
  watch(selecting.selection, (selection) => {
    if (!active.value || selection?.kind !== 'feature' || selection.layer !== layer.value) return
    const id = Number(selection.id)
    if (!picks.value.all && !picks.value.ids.has(id)) picks.value = { all: false, ids: new Set([id]) }
  }, { flush: 'sync' })

  function showLayer(next: string): void {
    if (next === layer.value) return
    needs.layers.setVisible(next, true)
    chosen.value = next
    filter.value = ''
    sort.value = []
    picks.value = noPicks
    chosenColumns.value = undefined
  }
  return {
    server, active, layers, layer, fields, kindOf, filter, conditions, within, sort, columns, widths, inView, onMap, tiles, question, order, ids, rows,
    names: createNames(needs.server, session), picks, picked, pointed: shallowRef(), boxing: shallowRef(),
    showLayer, chooseColumns, setWidth, refresh: order.reload,
    link: computed(() => (active.value ? present({
      layer: layer.value ?? chosen.value, filter: filter.value, sort: formatSort(sort.value), cols: linkColumns.value, picked: formatPicks(picks.value),
      within: within.value, inview: inView.value ? '1' : undefined, onmap: onMap.value ? undefined : '0',
    }) : undefined)),
    restore({ table, selection }) {
      if (!active.value) return
      chosen.value = table?.layer ?? (selection?.kind === 'feature' ? selection.layer : chosen.value)
      filter.value = table?.filter ?? ''
      within.value = table?.within
      sort.value = parseSort(table?.sort)
      inView.value = table?.inview === '1'
      onMap.value = table?.onmap !== '0'
      picks.value = parsePicks(table?.picked)
      chosenColumns.value = table?.cols?.split(',')
    },
  }
}

/** A layer's fields as the one who is signed in may see them. */
function createFields(server: InventoryServer, session: Session, layer: () => string | undefined): Resource<InventoryField[]> {
  const account = () => session.account.value?.name ?? ''
  return createResource(() => (layer() === undefined || !session.known.value ? undefined : `${layer()} ${account()}`), async () => {
    const of = layer() ?? ''
    return fieldsOf(...await Promise.all([server.schema(of, account()), server.queryables(of, account()), server.sortables(of, account())]))
  })
}

/** Columns are remembered for each layer; the address of a link comes first, and is not remembered until something is changed. */
function createColumns(layer: ComputedRef<string | undefined>, fields: Resource<InventoryField[]>, link: TableLink | undefined) {
  const [remembered, remember] = useRemembered<Record<string, ColumnChoice>>(columnsKey, {})
  const chosenColumns = ref(link?.cols?.split(','))
  const ofLayer = computed(() => remembered.value[layer.value ?? ''])
  const columns = computed(() => shownColumns(fields.value.value ?? [], chosenColumns.value ?? ofLayer.value?.names))
  const widths = computed(() => ofLayer.value?.widths ?? {})
  const save = (choice: Partial<ColumnChoice>) => {
    if (layer.value === undefined) return
    const before = ofLayer.value ?? { names: [], widths: {} }
    remember({ ...remembered.value, [layer.value]: { ...before, ...choice } })
  }
  return {
    columns, widths, chosenColumns,
    chooseColumns(names: string[] | undefined) {
      chosenColumns.value = undefined
      save(names ? { names } : { names: [], widths: {} })
    },
    setWidth(name: string, px: number | undefined) {
      const others = Object.fromEntries(Object.entries(widths.value).filter(([one]) => one !== name))
      save({ widths: px === undefined ? others : { ...others, [name]: px } })
    },
    linkColumns: computed(() => {
      const names = columns.value.map(({ name }) => name).join(',')
      return names === '' || names === defaultColumns(fields.value.value ?? []).join(',') ? undefined : names
    }),
  }
}

/** An edit by somebody else shows too. Many edits are told together, and the table does not wait for them to end. */
function followChanges(changes: Changes, layer: () => string | undefined, reload: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(changes.latest, (change) => {
    const shown = layer()
    if (!change || shown === undefined || !(change.all || shown in change.layers)) return
    timer ??= setTimeout(() => {
      timer = undefined
      reload()
    }, gatherMs)
  })
}

function present(values: { [Name in keyof TableLink]?: string | undefined }): TableLink {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))
}
