/** The cookies that a browser has for one host. */
export type CookieJar = Map<string, string>

/** What it sends along. */
export function cookieHeader(jar: CookieJar): string {
  return [...jar].map((cookie) => cookie.join('=')).join('; ')
}

/** Takes over what an answer sets and deletes. */
export function keepCookies(jar: CookieJar, { headers }: Response): void {
  for (const setCookie of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? []
    if (/; Max-Age=0(;|$)/.test(setCookie)) jar.delete(name)
    else jar.set(name, value)
  }
}
