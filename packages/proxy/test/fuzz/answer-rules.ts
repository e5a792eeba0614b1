// What the proxy may answer: written from the README, and from nothing in src/.
import { appOrigin } from '../stage.ts'
import { type Answer, headerOf } from './answers.ts'
import { answerTag } from './judging-upstream.ts'
import { leakIn, marks, secretIn } from './marks.ts'
import { judgeRedirect } from './redirect-rules.ts'

export interface Verdict {
  /** What it is, for the count: `tokens`, `redirect to Roambi`, `400 invalid_grant` … */
  readonly outcome: string
  /** What is wrong with it, in words that are the same for the same fault. */
  readonly fault?: string | undefined
  /** The sentence that a refusal says. */
  readonly sentence?: string | undefined
}

/** @param sent all that was sent on the connection, one character a byte */
export function judgeAnswer(answer: Answer, sent: string, apiUrl: string): Verdict {
  const { status } = answer
  // RFC 9112 section 6.1.
  const isOtherCoding = status === 501 && /transfer-encoding:/i.test(sent)
  if (status >= 500 && !isOtherCoding) return { outcome: String(status), fault: `status ${status}` }
  const verdict = judgeKind(answer, sent, apiUrl)
  const fault = judgeAny(answer) ?? verdict.fault
  return { ...verdict, fault }
}

function judgeAny({ status, headers, body }: Answer): string | undefined {
  if (secretIn(body) || headers.some(([, value]) => secretIn(value))) return 'the client secret'
  const names = headers.map(([name]) => name).filter((name) => name !== 'set-cookie')
  if (new Set(names).size < names.length) return 'a header twice'
  const allowed = headerOf({ headers }, 'access-control-allow-origin')
  const isPublic = body.startsWith('{"issuer":') || status === 200
  if (allowed !== undefined && allowed !== appOrigin && !(allowed === '*' && isPublic)) {
    return 'CORS for another origin'
  }
  return undefined
}

function judgeKind(answer: Answer, sent: string, apiUrl: string): Verdict {
  const { status, headers, body } = answer
  if (status >= 400) return judgeRefusal(answer)
  if (status >= 300) {
    const isUnstored = headerOf({ headers }, 'cache-control') === 'no-store'
    const verdict = judgeRedirect(answer, apiUrl)
    return isUnstored ? verdict : { ...verdict, fault: 'a redirect that may be stored' }
  }
  if (status === 204) {
    const isPreflight = headerOf({ headers }, 'access-control-allow-methods') !== undefined
    return { outcome: 'preflight', fault: isPreflight && body === '' ? undefined : 'a strange 204' }
  }
  if (status !== 200) return { outcome: String(status), fault: 'a status of nobody’s' }
  const tag = headerOf(answer, 'etag')
  if (tag !== undefined) return { outcome: 'API answer', fault: judgeApiAnswer(tag, answer, sent) }
  if (body.includes('"access_token"')) return judgeTokens(answer)
  const outcome = /^\{"status":"ok"\}$/.test(body) ? 'health' : 'metadata'
  const isKnown = outcome === 'health' || body === '' || /^\{"issuer":"https:/.test(body)
  return { outcome, fault: isKnown && !leakIn(textOf(answer)) ? undefined : 'a strange 200' }
}

function textOf({ headers, body }: Answer): string {
  return `${headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n${body}`
}

/** It is the upstream's, whole, and for a token that was sent on this very connection. */
function judgeApiAnswer(tag: string, answer: Answer, sent: string): string | undefined {
  const tokens = new Set(sent.match(/Bearer +[\w.~+/-]+=*/gi))
  if (![...tokens].some((authorization) => answerTag(authorization) === tag)) {
    return 'an answer to somebody else'
  }
  return /^x*$/.test(answer.body) ? undefined : 'an answer of the API that was changed'
}

function judgeTokens({ headers, body }: Answer): Verdict {
  const outcome = 'tokens'
  const { access_token, token_type, expires_in, refresh_token, scope, ...others } = parse(body)
  const isWhole =
    Object.keys(others).length === 0 &&
    token_type === 'Bearer' &&
    typeof expires_in === 'number' &&
    String(access_token).startsWith(marks.accessToken) &&
    (refresh_token === undefined || /^eyJ[\w-]+\.\.[\w.-]+$/.test(String(refresh_token)))
  if (!isWhole) return { outcome, fault: 'a strange answer with tokens' }
  if (leakIn(JSON.stringify([scope, ...headers]))) return { outcome, fault: 'a leak beside tokens' }
  const isUnstored = headerOf({ headers }, 'cache-control') === 'no-store'
  return { outcome, fault: isUnstored ? undefined : 'tokens that may be stored' }
}

/** RFC 6749 section 5.2, or a page; in the proxy's own words, and kept by nobody. */
function judgeRefusal(answer: Answer): Verdict {
  const { status, body } = answer
  const type = headerOf(answer, 'content-type') ?? ''
  const isPage = type === 'text/html; charset=utf-8'
  const { error, error_description, ...others } = isPage ? { error: 'page' } : parse(body)
  const outcome = `${status} ${error ?? 'without a body'}`
  const sentence = isPage ? /<p>([^<]*)/.exec(body)?.[1] : String(error_description)
  const verdict = { outcome, sentence }
  if (headerOf(answer, 'cache-control') !== 'no-store') {
    return { ...verdict, fault: 'a refusal that may be stored' }
  }
  if (leakIn(textOf(answer))) return { ...verdict, fault: 'a leak in a refusal' }
  // Of HEAD.
  if (body === '') return verdict
  const isForm =
    /^application\/json(; charset=utf-8)?$/.test(type) &&
    Object.keys(others).length === 0 &&
    [error, error_description].every((text) => /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(String(text)))
  const isOurPage =
    isPage && headerOf(answer, 'content-security-policy')?.startsWith("default-src 'none'")
  return isForm || isOurPage ? verdict : { ...verdict, fault: 'a refusal in another form' }
}

function parse(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body))
  } catch {
    return {}
  }
}
