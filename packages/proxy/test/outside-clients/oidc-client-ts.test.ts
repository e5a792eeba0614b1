import { ErrorResponse, type INavigator, UserManager } from 'oidc-client-ts'
import { expect, onTestFinished, test } from 'vitest'
import { client, redirectUri } from '../stage.ts'
import { type Deployment, startDeployment } from './deployment.ts'

test('signs in, renews and calls the API', async () => {
  const { deployment, app } = await startApp()
  const user = await app.signinPopup()
  expect(user).toMatchObject({ token_type: 'Bearer', scope: 'reports users', expires_in: 86_400 })

  const renewed = await app.signinSilent()
  expect(renewed).toMatchObject({
    token_type: 'Bearer',
    scope: 'reports users',
    expires_in: 86_400,
  })
  expect(renewed?.access_token).not.toBe(user.access_token)
  expect(await app.getUser()).toMatchObject({ access_token: renewed?.access_token })

  const answer = await fetch(`${deployment.publicUrl}/1/user/resources`, {
    headers: { authorization: `${renewed?.token_type} ${renewed?.access_token}` },
  })
  expect(await answer.json()).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })
})

test('signs in with its default scope', async () => {
  const { app } = await startApp({ scope: undefined })
  await expect(app.signinPopup()).resolves.toMatchObject({ token_type: 'Bearer' })
})

test('is told that the user said no', async () => {
  const { app } = await startApp({ decision: 'deny' })
  const refused = app.signinPopup()
  await expect(refused).rejects.toBeInstanceOf(ErrorResponse)
  await expect(refused).rejects.toMatchObject({ error: 'access_denied' })
})

test('sees a dead refresh token as invalid_grant, and no failure of Roambi as one', async () => {
  const { deployment, app } = await startApp()
  await app.signinPopup()
  deployment.sandbox.failNext('html')
  await expect(app.signinSilent()).rejects.toMatchObject({ error: 'server_error' })
  await app.signinSilent()

  deployment.sandbox.revokeRefreshTokens()
  const refused = app.signinSilent()
  await expect(refused).rejects.toBeInstanceOf(ErrorResponse)
  await expect(refused).rejects.toMatchObject({ error: 'invalid_grant' })
})

interface AppOptions {
  readonly scope?: string | undefined
  readonly decision?: 'allow' | 'deny'
}

async function startApp(options: AppOptions = {}) {
  const { scope, decision } = { scope: 'reports users', ...options }
  const deployment = await startDeployment({ refreshTokens: 'bearer' })
  const { publicUrl } = deployment
  const settings = {
    authority: publicUrl,
    metadataUrl: `${publicUrl}/.well-known/oauth-authorization-server`,
    client_id: client.clientId,
    redirect_uri: redirectUri,
    popup_redirect_uri: redirectUri,
    automaticSilentRenew: false,
    ...(scope && { scope }),
  }
  const app = new UserManager(settings, undefined, popupOf(deployment, decision))
  onTestFinished(() => app.removeUser())
  return { deployment, app }
}

/** The library asks for a window here, and gets the user's browser. */
function popupOf({ signIn }: Deployment, decision?: 'allow' | 'deny'): INavigator {
  return {
    prepare: async () => ({
      navigate: async ({ url }) => ({ url: (await signIn(url, decision)).href }),
      close: () => {},
    }),
    callback: async () => {},
  }
}
