// Mistakes that TypeScript must see: a type that has been lost along the way would take them.
import { createRoambi, type RoambiAuthErrorCode, type SessionStore } from '@roambi-auth/browser'
import { handleCallback } from '@roambi-auth/browser/callback'

// @ts-expect-error: no `proxyUrl`
const roambi = createRoambi({ clientId: '3d7c…' })

// @ts-expect-error: no such display
roambi.login({ display: 'tab' })

// @ts-expect-error: no such status
export const isAway = roambi.getSnapshot().status === 'away'

// @ts-expect-error: ky's own types have come along
roambi.api.get('user/resources').jsn()

// @ts-expect-error: a number
export const code: RoambiAuthErrorCode = 1

// @ts-expect-error: `update` and `remove` are missing
export const store: SessionStore = { read: async () => undefined }

// @ts-expect-error: in ms, as a number
handleCallback({ patience: '2 s' })
