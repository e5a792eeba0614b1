import type { Tab } from './engine.ts'
import { until, type WebDriver, WebDriverError } from './web-driver.ts'

/** The windows of one session. */
export interface Tabs {
  open(url: string): Promise<Tab>
}

export function createTabs({ send }: WebDriver, session: string): Tabs {
  let last: Promise<unknown> = Promise.resolve()

  /** The driver looks at one window at a time: who wants another one waits for its turn. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = last.then(task)
    last = turn.catch(() => {})
    return turn
  }

  const handles = () => send<string[]>('GET', `${session}/window/handles`)

  function tab(handle: string): Tab {
    function post<T>(command: string, body?: object): Promise<T> {
      return inTurn(async () => {
        await send('POST', `${session}/window`, { handle })
        return send('POST', session + command, body)
      })
    }

    async function act(xpath: string, action: string, body?: object): Promise<void> {
      await until(`${action} works at ${xpath}`, () =>
        unlessPassing(async () => {
          const found = await post<object>('/element', { using: 'xpath', value: xpath })
          await post(`/element/${Object.values(found)[0]}/${action}`, body)
          return true
        }),
      )
    }

    function evaluate<T>(expression: string): Promise<T> {
      return post('/execute/sync', { script: `return (${expression})`, args: [] })
    }

    const click = (name: string) => act(`//button[normalize-space()="${name}"]`, 'click')

    return {
      click,
      async clickForPopup(name) {
        const before = await handles()
        await click(name)
        const isNew = (other: string) => !before.includes(other)
        return tab(await until('a window opens', async () => (await handles()).find(isNew)))
      },
      fill: (label, text) =>
        act(`//input[@id=//label[normalize-space()="${label}"]/@for]`, 'value', { text }),
      async see(text) {
        const quoted = JSON.stringify(text)
        const isThere = `document.body?.innerText.includes(${quoted}) ?? false`
        await until(`${quoted} is seen`, () => unlessPassing(() => evaluate<boolean>(isThere)))
      },
      evaluate,
      reload: () => post('/refresh'),
      goBack: () => post('/back'),
      close: () =>
        inTurn(async () => {
          await send('POST', `${session}/window`, { handle })
          await send('DELETE', `${session}/window`)
        }),
      async closed() {
        await until('the window closes', async () => !(await handles()).includes(handle))
      },
    }
  }

  return {
    async open(url) {
      const { handle } = await inTurn(() =>
        send<{ handle: string }>('POST', `${session}/window/new`, { type: 'window' }),
      )
      await inTurn(async () => {
        await send('POST', `${session}/window`, { handle })
        await send('POST', `${session}/url`, { url })
      })
      return tab(handle)
    },
  }
}

/** What is not there, or not ready, or about to go, may be so in a moment. */
async function unlessPassing(task: () => Promise<boolean>): Promise<boolean> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof WebDriverError && passing.has(error.error)) return false
    throw error
  }
}

const passing = new Set([
  'no such frame',
  'no such element',
  'stale element reference',
  'element not interactable',
  'element click intercepted',
])
