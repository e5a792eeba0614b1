import { UserManager, WebStorageStateStore } from 'oidc-client-ts'
import { goHome, redirectUri, serve } from './harness.ts'

const users = new UserManager({
  authority: serverUrl,
  client_id: 'app',
  redirect_uri: redirectUri,
  // By default each tab has a session of its own.
  userStore: new WebStorageStateStore({ store: localStorage }),
  // Its default is a minute, which is longer than a token lives here.
  accessTokenExpiringNotificationTimeInSeconds: 5,
})

serve({
  signIn: () => users.signinRedirect(),
  signedIn: () => users.signinRedirectCallback().then(goHome),
  async token() {
    const user = await users.getUser()
    return (user?.expired ? await users.signinSilent() : user)?.access_token
  },
})
