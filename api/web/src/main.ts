import 'maplibre-gl/dist/maplibre-gl.css'
import './base.css'
import { createApp as createVue } from 'vue'
import Root from './App.vue'
import { createApp, provideTo } from './state/app.ts'

const vue = createVue(Root)
provideTo(vue, createApp())
vue.mount('#app')
