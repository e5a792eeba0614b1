// Reads what came back on a connection, as strictly as RFC 9112 allows.

export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export interface Reading {
  readonly answers: readonly Answer[]
  /** The last one ends before its end. */
  readonly isCut: boolean
  /** Why the bytes are no HTTP. */
  readonly fault?: string
}

/** @param isBodiless whether an answer may be one to HEAD, which has a length and no body */
export function readAnswers(text: string, isBodiless: boolean): Reading {
  const answers: Answer[] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at)
    const head = readHead(text.slice(at, end < 0 ? undefined : end))
    if (end < 0) return { answers, isCut: true, ...(!/^HTTP/.test(text.slice(at)) && notHttp) }
    if (!head) return { answers, isCut: false, ...notHttp }
    const body = readBody(text, end + 4, head, isBodiless)
    if (body === 'cut') return { answers, isCut: true }
    if (body === 'fault') return { answers, isCut: false, fault: 'the length of an answer' }
    if (head.status >= 200) answers.push({ ...head, body: body.text })
    at = body.end
    if (headerOf(head, 'connection') === 'close' && at < text.length) {
      return { answers, isCut: false, fault: 'bytes after the last answer' }
    }
  }
  return { answers, isCut: false }
}

const notHttp = { fault: 'an answer that is no HTTP' }

export function headerOf({ headers }: Pick<Answer, 'headers'>, name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1]
}

type Head = Omit<Answer, 'body'>

function readHead(text: string): Head | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/.exec(first)?.[1]
  const headers = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+): ?([\t\x20-\x7e]*)$/.exec(line))
  if (!status || !headers.every((match) => match !== null)) return undefined
  return {
    status: Number(status),
    headers: headers.map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  }
}

type Body = { readonly text: string; readonly end: number } | 'cut' | 'fault'

function readBody(text: string, start: number, head: Head, isBodiless: boolean): Body {
  const lengths = head.headers.filter(([name]) => name === 'content-length')
  const isChunked = headerOf(head, 'transfer-encoding') === 'chunked'
  if (lengths.length + Number(isChunked) > 1) return 'fault'
  if (head.status < 200 || head.status === 204 || head.status === 304) {
    return { text: '', end: start }
  }
  const isAnswerToHead =
    isBodiless && (start === text.length || text.startsWith('HTTP/1.1 ', start))
  if (isAnswerToHead) return { text: '', end: start }
  if (isChunked) return readChunks(text, start)
  const [[, length] = []] = lengths
  if (length === undefined) {
    // It goes on until the connection is closed.
    return headerOf(head, 'connection') === 'close'
      ? { text: text.slice(start), end: text.length }
      : 'fault'
  }
  if (!/^\d+$/.test(length)) return 'fault'
  const end = start + Number(length)
  return end > text.length ? 'cut' : { text: text.slice(start, end), end }
}

function readChunks(text: string, start: number): Body {
  let at = start
  let body = ''
  for (;;) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return 'cut'
    const size = text.slice(at, line)
    if (!/^[\da-f]+$/i.test(size)) return 'fault'
    const end = line + 2 + Number.parseInt(size, 16)
    if (end + 2 > text.length) return 'cut'
    if (text.slice(end, end + 2) !== '\r\n') return 'fault'
    body += text.slice(line + 2, end)
    at = end + 2
    if (end === line + 2) return { text: body, end: at }
  }
}
