import { defineAsyncComponent } from 'vue'

/** What can be done with a layer and the rows picked (props layer, ids): made in a room of its own, and loaded with the table. */
const found = import.meta.glob('./edit/InventoryActions.vue')
const load = found['./edit/InventoryActions.vue']
export const InventoryActions = load && defineAsyncComponent(load as Parameters<typeof defineAsyncComponent>[0])
