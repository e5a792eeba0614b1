import vue from '@vitejs/plugin-vue'
import { describeApp } from './framework-app.ts'

describeApp({ path: 'docs/vue.md', entry: 'src/main.ts', id: 'app', plugin: vue })
