import { rawRequest } from './raw-request.ts'
import { appOrigin } from './stage.ts'

/** Requests that put the word everywhere where a label could be taken from. */
export async function hostileRequests(url: string, word: string): Promise<void> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: appOrigin }
  const paths = [
    `/1/${word}`,
    `/1/token/${word}`,
    `/1/authorize?client_id=${word}&error=${word}`,
    `/1/callback?state=${word}&error=${word}`,
    `/1/callback/${word}`,
    `/1/%zz${word}`,
    `/${word}`,
    `/.well-known/${word}`,
  ]
  for (const path of paths) {
    await rawRequest(url, { path, headers: {} })
    await rawRequest(url, { path, headers: { authorization: `Bearer ${word}` } })
    await rawRequest(url, { path, method: 'OPTIONS', headers: { origin: `https://${word}.evil` } })
    await rawRequest(url, { path, method: 'PURGE', headers: { 'x-request-id': word } })
  }
  for (const body of [
    `client_id=${word}`,
    `client_id=consumer-key-1&grant_type=${word}`,
    `client_id=consumer-key-1&code=${word}&redirect_uri=${word}`,
    `error=${word}`,
  ]) {
    await rawRequest(`${url}/1/token`, { method: 'POST', headers: form }, body)
  }
}
