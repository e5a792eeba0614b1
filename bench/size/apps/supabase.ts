import { AuthClient } from '@supabase/auth-js'

const auth = new AuthClient({ url: 'https://auth.example.com', flowType: 'pkce' })

export const signIn = async () => {
  const { data } = await auth.signInWithOAuth({
    provider: 'keycloak',
    options: { skipBrowserRedirect: true, redirectTo: 'https://app.example.com/callback.html' },
  })
  open(data.url ?? '', 'sign-in', 'popup')
}
export const signedIn = (code: string) => auth.exchangeCodeForSession(code)
export const token = async () => (await auth.getSession()).data.session?.access_token
export const signOut = () => auth.signOut()
