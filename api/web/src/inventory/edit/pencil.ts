import type { Geometry, Position } from 'geojson'
import type { Map as MapLibre } from 'maplibre-gl'
import type { GeoJSONStoreFeatures, TerraDraw as Draw } from 'terra-draw'
import { cornerStyles, drawPrefix, inks, lineStyles, papers, pointerPx, pointStyles } from '../../grid/draw.ts'
import { snap } from '../../grid/snap.ts'
import type { Theme } from '../../state/permalink.ts'
import { handleOf, onLattice, settledShape, type Handle, type ShapeKind, type Simple } from './shape.ts'

/** What the drawing library has of the shape in hand. */
export interface Drawn {
  /** Undefined while there is too little of it. */
  geometry: Geometry | undefined
  /** While it is being drawn: up to the pointer, for measuring. */
  sofar: Geometry | undefined
  finished: boolean
  undoable: boolean
}

export interface Hand {
  theme: Theme
  kind: ShapeKind
  /** The shape to change; undefined for one that is to be drawn. */
  from: Geometry | undefined
  /** What can be snapped to, in degrees; read while drawing, for the map moves. */
  lines(): Position[][]
  drawn(now: Drawn): void
}

export interface Pencil {
  /** Takes back the last corner, or the last move. */
  undo(): void
  /** Ends a shape with the corners it has. */
  finish(): void
  stop(): void
}

const modes: Record<ShapeKind, 'point' | 'linestring' | 'polygon'> = { Point: 'point', LineString: 'linestring', Polygon: 'polygon' }

/** Takes a pencil to the map: first a shape is drawn, then its corners can be moved; a shape that is there already begins with that. */
export async function takePencil(map: MapLibre, hand: Hand): Promise<Pencil> {
  const { draw, snapped } = await open(map, hand)
  const handle: Handle = (hand.from && handleOf(hand.from)) ?? { simple: { type: 'Point', coordinates: [] }, whole: (next) => next }
  const done: Simple[] = []
  let id: string | number | undefined

  const tell = () => {
    const now = shapeIn(draw, hand.kind, id)
    if (id === undefined) hand.drawn({ geometry: undefined, sofar: now, finished: false, undoable: draw.canUndo() || (now !== undefined && hand.kind !== 'Point') })
    else hand.drawn({ geometry: now && handle.whole(onLattice(now)), sofar: undefined, finished: true, undoable: done.length > 1 })
  }
  /** From now on its corners move. */
  function hold(shape: Simple): void {
    draw.setMode('select')
    draw.clear()
    const [added] = draw.addFeatures([{ type: 'Feature', geometry: onLattice(shape), properties: { mode: modes[hand.kind] } }])
    if (added?.id === undefined || !added.valid) {
      draw.setMode(modes[hand.kind])
      return
    }
    id = added.id
    draw.selectFeature(id)
    done.push(onLattice(shape))
    tell()
  }
  function put(shape: Simple): void {
    if (id !== undefined) draw.updateFeatureGeometry(id, shape)
  }
  draw.on('change', (ids, type) => { if (type !== 'styling' && (id === undefined || ids.includes(id))) tell() })
  draw.on('finish', (finished) => {
    const shape = shapeIn(draw, hand.kind, finished)
    if (!shape) return
    const settled = shape.type === 'Point' ? { ...shape, coordinates: snapped(shape.coordinates) } : shape
    if (id === undefined) {
      setTimeout(() => { if (draw.enabled && id === undefined) hold(settled) }) // the library has not let go of it yet
      return
    }
    if (shape.type === 'Point') put(settled)
    done.push(onLattice(settled))
    tell()
  })
  if (hand.from) hold(handle.simple)
  else draw.setMode(modes[hand.kind])

  return {
    undo() {
      if (id !== undefined) {
        if (done.length > 1) done.pop()
        const last = done.at(-1)
        if (last) put(last)
      } else if (!draw.undo()) restart(draw, modes[hand.kind])
      tell()
    },
    finish() {
      const now = id === undefined ? shapeIn(draw, hand.kind, undefined) : undefined
      const settled = now && settledShape(now)
      if (settled) hold(settled)
    },
    stop() { if (draw.enabled) draw.stop() },
  }
}

function restart(draw: Draw, mode: string): void {
  draw.clear()
  draw.setMode(mode)
}

async function open(map: MapLibre, hand: Hand): Promise<{ draw: Draw; snapped(at: Position): Position }> {
  const [{ TerraDraw, TerraDrawPointMode, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode, TerraDrawModeUndoRedo }, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
    import('terra-draw'), import('terra-draw-maplibre-gl-adapter'),
  ])
  const [ink, paper] = [inks[hand.theme], papers[hand.theme]]
  const project = ([lon = 0, lat = 0]: Position) => map.project([lon, lat])
  const snapping = { toCustom: ({ containerX, containerY }: { containerX: number; containerY: number }) => snap({ x: containerX, y: containerY }, hand.lines(), project)?.position }
  const keyEvents = { cancel: null, finish: 'Enter' }
  const shared = { snapping, pointerDistance: pointerPx, showCoordinatePoints: true, keyEvents }
  const coordinates = { draggable: true, deletable: true, midpoints: { draggable: true }, snappable: snapping }
  const selectStyles = {
    ...cornerStyles(ink, paper), selectedLineStringColor: ink, selectedLineStringWidth: 3,
    selectedPointColor: ink, selectedPointWidth: 8, selectedPointOutlineColor: paper, selectedPointOutlineWidth: 3,
  } as const
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: drawPrefix }),
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    modes: [
      new TerraDrawPointMode({ styles: { pointColor: ink, pointWidth: 8, pointOutlineColor: paper, pointOutlineWidth: 3 } }),
      new TerraDrawLineStringMode({ ...shared, styles: lineStyles(ink, paper) }),
      new TerraDrawPolygonMode({ ...shared, styles: { fillColor: ink, fillOpacity: 0.12, outlineColor: ink, outlineWidth: 2.5, ...pointStyles(ink, paper) } }),
      new TerraDrawSelectMode({
        pointerDistance: pointerPx, allowManualDeselection: false, keyEvents: { deselect: null, delete: 'Delete', rotate: null, scale: null }, styles: selectStyles,
        flags: { point: { feature: { draggable: true } }, linestring: { feature: { draggable: false, coordinates } }, polygon: { feature: { draggable: false, coordinates } } },
      }),
    ],
  })
  draw.start()
  const snapped = (at: Position) => {
    const { x, y } = project(at)
    return snap({ x, y }, hand.lines(), project)?.position ?? at
  }
  return { draw, snapped }
}

/** The shape in hand: the library's own points of help are not it. */
function shapeIn(draw: Draw, kind: ShapeKind, id: string | number | undefined): Simple | undefined {
  const found = id === undefined
    ? draw.getSnapshot().find((one: GeoJSONStoreFeatures) => one.geometry.type === kind && one.properties.mode === modes[kind])
    : draw.getSnapshotFeature(id)
  return found?.geometry.type === kind ? found.geometry : undefined
}
