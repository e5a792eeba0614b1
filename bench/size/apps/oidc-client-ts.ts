import { UserManager, WebStorageStateStore } from 'oidc-client-ts'

const users = new UserManager({
  authority: 'https://auth.example.com',
  client_id: 'app',
  redirect_uri: 'https://app.example.com/callback.html',
  userStore: new WebStorageStateStore({ store: localStorage }),
})

export const signIn = () => users.signinPopup()
export const signedIn = () => users.signinPopupCallback()
export const token = async () => (await users.getUser())?.access_token
export const signOut = () => users.removeUser()
