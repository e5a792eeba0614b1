// Where the proxy may redirect to.
import { redirectUris } from '../hostile-requests.ts'
import { callbackUrl, client, publicUrl } from '../stage.ts'
import type { Verdict } from './answer-rules.ts'
import { type Answer, headerOf } from './answers.ts'
import { leakIn, secretIn } from './marks.ts'

export function judgeRedirect(answer: Answer, apiUrl: string): Verdict {
  const { status, body } = answer
  const location = headerOf(answer, 'location') ?? ''
  const verdict = judgeLocation(location, apiUrl)
  if (status !== 303) return { ...verdict, fault: 'a redirect that is no 303' }
  // The transaction's cookie is the one place where the sealed may stand beside the location.
  const others = answer.headers.filter(([name]) => name !== 'location' && name !== 'set-cookie')
  if (leakIn(JSON.stringify(others) + body))
    return { ...verdict, fault: 'a leak beside a redirect' }
  const cookies = answer.headers.filter(([name]) => name === 'set-cookie')
  const isOwn = cookies.every(([, value]) => cookie.test(value))
  return isOwn ? verdict : { ...verdict, fault: 'a strange cookie' }
}

const cookie =
  /^__Host-roambi-login-[\w-]{22}=(eyJ[\w-]+\.\.[\w.-]+; Max-Age=600|; Max-Age=0); Path=\/; HttpOnly; Secure; SameSite=Lax$/

function judgeLocation(location: string, apiUrl: string): Verdict {
  const start = `${apiUrl}/authorize?`
  if (location.startsWith(start)) {
    return {
      outcome: 'redirect to Roambi',
      fault: judgeAuthorizationRequest(location.slice(start.length)),
    }
  }
  const starts = redirectUris.map((uri) => `${uri}${uri.includes('?') ? '&' : '?'}`)
  const own = starts.find((one) => location.startsWith(one))
  if (own === undefined) return { outcome: 'redirect elsewhere', fault: 'a redirect elsewhere' }
  return judgeAuthorizationResponse(new URLSearchParams(location.slice(own.length)))
}

function judgeAuthorizationRequest(query: string): string | undefined {
  const pairs = [...new URLSearchParams(query)]
  const { state, ...others } = Object.fromEntries(pairs)
  const isExpected =
    pairs.length === 4 &&
    /^[\w-]{22}$/.test(state ?? '') &&
    others.response_type === 'code' &&
    others.client_id === client.clientId &&
    others.redirect_uri === callbackUrl
  return isExpected ? undefined : 'an authorization request with other parameters'
}

// RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207. `state` is the app's own, whatever it is.
function judgeAuthorizationResponse(parameters: URLSearchParams): Verdict {
  const { state, iss, code, error, error_description, ...others } = Object.fromEntries(parameters)
  const names = [...parameters.keys()]
  const isExpected =
    iss === publicUrl && Object.keys(others).length === 0 && new Set(names).size === names.length
  const fault = isExpected ? undefined : 'an authorization response with other parameters'
  if (code !== undefined) {
    const isSealed = /^eyJ[\w-]+\.\.[\w.-]+$/.test(code) && error === undefined
    return { outcome: 'redirect with a code', fault: isSealed ? fault : 'a strange code' }
  }
  // Roambi's own description, which the callback brings, may be anything.
  const isClean = error !== undefined && !leakIn(error) && !secretIn(error_description ?? '')
  return { outcome: `redirect with ${error}`, fault: isClean ? fault : 'a leak in a redirect' }
}
