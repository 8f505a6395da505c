import type { Map as MapLibre } from 'maplibre-gl'
import { watch } from 'vue'
import type { App } from '../../state/app.ts'
import { takePencil } from './pencil.ts'
import { handleOf } from './shape.ts'
import { snapLines } from './snapping.ts'

/** Puts the pencil on the map while the editor has one in hand. */
export function attachEdit(map: MapLibre, { edit, settings }: App): void {
  const snapping = snapLines(map, () => (edit.single.value?.id === undefined ? undefined : { layer: edit.single.value.layer, id: edit.single.value.id }))
  let turn = 0

  async function take(): Promise<void> {
    const mine = ++turn
    edit.pencil.value?.stop()
    edit.pencil.value = undefined
    const holding = edit.hand.value
    if (!holding) return
    const shape = edit.single.value?.shape.value
    const from = shape && handleOf(shape)?.simple.type === holding.kind ? shape : undefined // a shape of another kind is drawn anew
    const pencil = await takePencil(map, {
      theme: settings.theme.value, kind: holding.kind, from, lines: snapping.lines,
      drawn(now) {
        if (mine !== turn) return
        edit.drawn.value = now
        const single = edit.single.value
        if (single && now.finished) single.shape.value = now.geometry ?? null
        else if (single && single.id === undefined) single.shape.value = null
      },
    })
    if (mine === turn) edit.pencil.value = pencil
    else pencil.stop()
  }
  const stop = watch(edit.hand, () => void take(), { flush: 'post', immediate: true })
  map.on('remove', () => {
    stop()
    snapping.stop()
    edit.pencil.value?.stop()
    edit.pencil.value = undefined
  })
}
