import { svelte } from '@sveltejs/vite-plugin-svelte'
import { describeApp } from './framework-app.ts'

const plugin = () => svelte({ configFile: false })
describeApp({ path: 'docs/svelte.md', entry: 'src/main.ts', id: 'app', plugin })
