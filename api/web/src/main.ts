import 'maplibre-gl/dist/maplibre-gl.css'
import './base.css'
import './forms.css'
import { createApp as createVue } from 'vue'
import Root from './App.vue'
import { createApp, provideTo } from './state/app.ts'
import { createRoute, provideRoute } from './state/route.ts'

const vue = createVue(Root)
const route = createRoute()
provideRoute(vue, route)
provideTo(vue, createApp(route))
vue.mount('#app')
