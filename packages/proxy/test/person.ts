// A user with a browser, as far as servers can tell.
import { type CookieJar, cookieHeader, keepCookies } from './cookie-jar.ts'

interface Person {
  readonly email: string
  readonly password: string
  /** Which button of Roambi's page. */
  readonly decision?: 'allow' | 'deny'
  /** The app's page, which is not opened any more. */
  readonly redirectUri: string
}

/** Opens an authorization request, and fills Roambi's form in; gives the authorization response. */
export async function signInAsPerson(
  authorizationRequest: string | URL,
  { redirectUri, decision = 'allow', ...account }: Person,
): Promise<URL> {
  const open = openBrowser(redirectUri)
  const page = await open(String(authorizationRequest))
  return (await open(...submission(page, { ...account, decision }))).url
}

interface Page {
  readonly url: URL
  readonly text: string
}

/** Keeps cookies and follows redirects, as far as to the app. */
function openBrowser(redirectUri: string) {
  const cookies: CookieJar = new Map()

  return async function open(url: string, form?: Record<string, string>): Promise<Page> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookieHeader(cookies) },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    keepCookies(cookies, response)
    const text = await response.text()
    const location = response.headers.get('location')
    if (location === null) return { url: new URL(url), text }
    return location.startsWith(redirectUri) ? { url: new URL(location), text } : open(location)
  }
}

/** The form of Roambi's page, filled in. */
function submission(
  { url, text }: Page,
  typed: Record<string, string>,
): [string, Record<string, string>] {
  const [, action] = /<form method="post" action="([^"]+)">/.exec(text) ?? []
  if (action === undefined) throw new Error(`This is not the sign-in page: ${url.href} ${text}`)
  const hidden = text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  const fields = Object.fromEntries([...hidden].map(([, name, value]) => [name, value]))
  return [new URL(action, url).href, { ...fields, ...typed }]
}
