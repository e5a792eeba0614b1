import react from '@vitejs/plugin-react'
import { describeApp } from './framework-app.ts'

describeApp({ path: 'docs/react.md', entry: 'src/main.tsx', id: 'root', plugin: react })
