import { launchChromium } from '../chromium.ts'
import type { Engine } from './engine.ts'
import { overPlaywright } from './playwright.ts'

export const chromiumEngine: Engine = {
  name: 'Chromium',
  launch: async () => overPlaywright(await launchChromium({ popupBlocker: true })),
}
