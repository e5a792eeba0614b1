import { type RoambiPluginOptions, roambi } from '@roambi-auth/proxy/vite'
import { defineConfig, type UserConfig } from 'vite'

const options: RoambiPluginOptions = { sandbox: true }

export const config: UserConfig = defineConfig({ plugins: [roambi(options)] })

// @ts-expect-error: no such option
roambi({ sandbx: true })
