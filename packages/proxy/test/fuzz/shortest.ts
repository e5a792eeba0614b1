// Finds which conversation has broken a law, and leaves out of it what is not needed.
import type { Conversation, Message } from './connection.ts'
import type { Scene, Violation } from './scene.ts'

export interface Culprit {
  readonly conversation: Conversation
  /** Whether it does so alone, to a program that has just been started. */
  readonly isAlone: boolean
}

/** How often the program is started for it. */
const attempts = 40

export async function shortest(scene: Scene, { rule, suspects }: Violation): Promise<Culprit> {
  let left = attempts

  async function breaks(conversation: Conversation): Promise<boolean> {
    left -= 1
    await scene.start()
    await scene.send(conversation)
    await scene.settle()
    return scene.violation()?.rule === rule
  }

  async function shorten(conversation: Conversation): Promise<Conversation> {
    for (const messages of shorter(conversation.messages)) {
      if (left <= 0) break
      const candidate = { ...conversation, messages }
      if (await breaks(candidate)) return shorten(candidate)
    }
    return conversation
  }

  for (const suspect of suspects.slice(0, attempts / 2)) {
    const plain = { ...suspect, cuts: [], ending: 'read' } as const
    for (const conversation of [plain, suspect]) {
      if (await breaks(conversation)) {
        return { conversation: await shorten(conversation), isAlone: true }
      }
    }
  }
  return { conversation: suspects[0] ?? { messages: [], cuts: [], ending: 'read' }, isAlone: false }
}

/** All that is a step shorter, what is much shorter first. */
function* shorter(messages: readonly Message[]): Generator<Message[]> {
  for (const index of messages.keys()) yield messages.toSpliced(index, 1)
  for (const [index, { bytes }] of messages.entries()) {
    const lines = bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []
    for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
      for (let from = 0; from < lines.length; from += size) {
        const kept = Buffer.from(lines.toSpliced(from, size).join(''), 'latin1')
        yield messages.with(index, { bytes: kept, isReadable: false })
      }
    }
  }
}
