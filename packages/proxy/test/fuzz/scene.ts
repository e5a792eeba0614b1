// The proxy's program between raw sockets and a judging upstream; all judges are asked here.
import { redirectUris } from '../hostile-requests.ts'
import { appOrigin, client, publicUrl, sealingKeys } from '../stage.ts'
import { judgeAnswer, type Verdict } from './answer-rules.ts'
import { type Answer, headerOf, type Reading, readAnswers } from './answers.ts'
import { clueOf, judgeArrival } from './arrival-rules.ts'
import { ask, bytesOf, type Conversation, converse, type Heard } from './connection.ts'
import { type JudgingUpstream, startJudgingUpstream } from './judging-upstream.ts'
import { judgeLogLine } from './log-rules.ts'
import { type ProxyProgram, startProxyProgram } from './proxy-program.ts'
import { createWallet, type Wallet } from './wallet.ts'

export interface Violation {
  /** The same words for the same fault. */
  readonly rule: string
  readonly detail: string
  /** One of them has caused it. */
  readonly suspects: readonly Conversation[]
}

export interface Scene {
  readonly upstream: JudgingUpstream
  /** For one app. */
  openWallet(): Wallet
  /** The first one since the program was started. */
  violation(): Violation | undefined
  /** Starts the program, anew if it runs. */
  start(): Promise<ProxyProgram>
  send(conversation: Conversation): Promise<Sent>
  /** Waits until all that was sent is in the log, or the program has ended. */
  settle(): Promise<void>
}

export interface Sent {
  readonly answers: readonly Answer[]
  readonly verdicts: readonly Verdict[]
}

/** In MB. A program that keeps something of each request does not get far with it. */
const heapLimit = 128
/** How many of those that are over may still cause something. */
const memory = 256

export async function startScene(): Promise<Scene> {
  const active = new Set<Conversation>()
  const past: Conversation[] = []
  const texts = new WeakMap<Conversation, string>()
  let violation: Violation | undefined
  let program: ProxyProgram | undefined
  let settled = 0
  let lastSettled = ''

  const violate = (rule: string, detail: string, suspect?: Conversation) => {
    violation ??= { rule, detail, suspects: suspect ? [suspect] : [...active, ...past].reverse() }
  }
  const upstream = await startJudgingUpstream({
    onArrival(arrival) {
      const rule = judgeArrival(arrival, evidence)
      if (!rule) return
      const clue = clueOf(arrival)
      const suspect = [...active, ...past].find((one) => textOf(one).includes(clue))
      violate(`upstream gets ${rule}`, JSON.stringify(arrival, null, 2), suspect)
    },
    onViolation: violate,
  })
  const begun = new Map<string, string>()
  const evidence = {
    host: new URL(upstream.apiUrl).host,
    *sent() {
      for (const conversation of active) yield textOf(conversation)
      for (const conversation of past) yield textOf(conversation)
    },
    cookieOf: (state: string) => begun.get(state),
    codeOf: upstream.codeOf,
  }

  function textOf(conversation: Conversation): string {
    const text = texts.get(conversation) ?? bytesOf(conversation).toString('latin1')
    texts.set(conversation, text)
    return text
  }

  function onLine(stream: 'stdout' | 'stderr', line: string): void {
    const rule = stream === 'stderr' ? 'a line on standard error' : judgeLogLine(line)
    if (rule) violate(rule, line)
    lastSettled = /"path":"\/settled\/(\d+)"/.exec(line)?.[1] ?? lastSettled
  }

  function remember(conversation: Conversation): void {
    active.delete(conversation)
    past.unshift(conversation)
    if (past.length > memory) past.pop()
  }

  const ending = () => program?.ending()

  return {
    upstream,
    openWallet: () => createWallet(upstream, begun),
    violation: () => violation,

    async start() {
      program?.stop()
      active.clear()
      program = await startProxyProgram({
        variables: variables(upstream.apiUrl),
        heapLimit,
        onLine,
      })
      violation = undefined
      return program
    },

    async send(conversation) {
      active.add(conversation)
      const heard = await converse(program?.port ?? 0, conversation)
      remember(conversation)
      const text = textOf(conversation)
      const reading = readAnswers(heard.text, text.includes('HEAD'))
      const verdicts = reading.answers.map((answer) => judgeAnswer(answer, text, upstream.apiUrl))
      const rule =
        verdicts.find(({ fault }) => fault)?.fault ??
        faultOf(reading, heard) ??
        faultOfOrder(reading, heard, conversation)
      if (ending()) violate(`the program ended: ${ending()}`, '')
      else if (rule) violate(`the app gets ${rule}`, heard.text, conversation)
      return { answers: reading.answers, verdicts }
    },

    async settle() {
      settled += 1
      await ask(program?.port ?? 0, `/settled/${settled}`)
      for (let tries = 0; tries < 500 && lastSettled !== String(settled) && !ending(); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      if (ending()) violate(`the program ended: ${ending()}`, '')
    },
  }
}

function faultOf({ fault }: Reading, { endedBy }: Heard): string | undefined {
  return endedBy === 'nobody' ? 'no end of a connection that it has ended' : fault
}

// RFC 9112 section 9.3.2: what can't be read is answered when all before it is.
function faultOfOrder(
  { answers, isCut }: Reading,
  { endedBy }: Heard,
  { messages }: Conversation,
): string | undefined {
  const unreadable = messages.findIndex(({ isReadable }) => !isReadable)
  const readable = unreadable < 0 ? messages.length : unreadable
  if (answers.slice(0, readable).some(isUnreadable)) return 'an answer out of turn'
  const isLost = isCut && endedBy === 'proxy' && answers.length < readable
  return isLost ? 'an answer without its end' : undefined
}

function isUnreadable(answer: Answer): boolean {
  const isLast = headerOf(answer, 'connection') === 'close'
  return answer.status === 400 && isLast && answer.body.includes("The request can't be read.")
}

const variables = (apiUrl: string) => ({
  ROAMBI_CLIENT_ID: client.clientId,
  ROAMBI_CLIENT_SECRET: client.clientSecret,
  ROAMBI_API_URL: apiUrl,
  PROXY_PUBLIC_URL: publicUrl,
  PROXY_REDIRECT_URIS: redirectUris.join(),
  PROXY_ALLOWED_ORIGINS: appOrigin,
  PROXY_SEALING_KEYS: sealingKeys.join(),
  LOG_LEVEL: 'trace',
})
