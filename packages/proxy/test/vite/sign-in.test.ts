import { defaults } from '@roambi-auth/sandbox'
import { describe, expect, test } from 'vitest'
import { signIn } from './app.ts'
import { startDev, startPreview, versions } from './stage.ts'

const joan = { resources: { primary_email: 'joan@scdp.com' } }

describe.each(versions)('with Vite %s', (_version, vite) => {
  test('one signs in at the dev server itself, and calls the API there', async () => {
    const { url } = await startDev({ sandbox: { port: 0 } }, { vite })
    const app = await signIn(url, defaults.clientId)
    expect(await app.whoAmI()).toMatchObject(joan)
    expect(await app.renew()).not.toBe(app.accessToken)
  })

  test('one signs in at what vite preview serves', async () => {
    // Of the dev server alone.
    const config = { server: { origin: 'http://localhost:1' } }
    const { url } = await startPreview({ sandbox: { port: 0 } }, { vite, config })
    const app = await signIn(url, defaults.clientId)
    expect(await app.whoAmI()).toMatchObject(joan)
  })
})
