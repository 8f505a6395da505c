import { defineAsyncComponent, type Component } from 'vue'

/**
 * What the workspace leaves room for and is made in rooms of its own, each taken where its file is there:
 *
 *  - edit/InventoryActions.vue — in the table's bar: what can be done with the rows picked. It reads app.inventory (layer, picks, picked, ids,
 *    order, refresh) and has no props.
 *  - edit/FeatureActions.vue — in the drawer's row of actions, for a feature: props item, schema, layer.
 *  - edit/EditLayer.vue — over map and table, once, while the workspace is open: dialogs and the bar of the drawing tool. No props.
 */
const found = import.meta.glob<{ default: Component }>(['./edit/InventoryActions.vue', './edit/FeatureActions.vue', './edit/EditLayer.vue'])

function slot(file: string): Component | undefined {
  const load = found[file]
  return load && defineAsyncComponent(load)
}

export const InventoryActions = slot('./edit/InventoryActions.vue')
export const FeatureActions = slot('./edit/FeatureActions.vue')
export const EditLayer = slot('./edit/EditLayer.vue')
