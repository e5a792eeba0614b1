import type { Sandbox } from '../src/index.ts'
import { type Answer, ask, post } from './start.ts'

export function authorizationRequest({ client }: Sandbox): Record<string, string> {
  const { clientId, redirectUri } = client
  return { response_type: 'code', client_id: clientId, redirect_uri: redirectUri }
}

export function open(sandbox: Sandbox, changes: Record<string, string> = {}): Promise<Answer> {
  const query = new URLSearchParams({ ...authorizationRequest(sandbox), ...changes })
  return ask(`${sandbox.apiUrl}/authorize?${query}`)
}

export async function press(
  sandbox: Sandbox,
  decision: 'allow' | 'deny',
  changes: Record<string, string> = {},
  credentials = { email: '', password: '' },
): Promise<Answer> {
  return submit(sandbox, await open(sandbox, changes), { ...credentials, decision })
}

/** Sends the form of the page as a browser does, with what it holds. */
export function submit(
  { url }: Sandbox,
  page: Answer,
  typed: Record<string, string>,
): Promise<Answer> {
  const action = /<form method="post" action="([^"]+)">/.exec(page.text)?.[1]
  return post(`${url}${action}`, { ...hiddenFields(page.text), ...typed })
}

export function hiddenFields(page: string): Record<string, string> {
  const fields = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name, value = '']) => [name, unescapeText(value)]))
}

function unescapeText(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&([^;]+);/g, (_entity, name) => characters[name] ?? '')
}
