// What the headers forbid, said by the server and held by a real Chromium.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../../spa/test/chromium.ts'
import { openPopup, openTab, seeSignedOut } from '../../spa/test/user.ts'
import { type Stack, startStack } from '../stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ sandboxHost: '127.0.0.1' })
})
afterAll(() => stack?.close())

describe('the headers', () => {
  it('are strict on every page, and on what is no page', async () => {
    for (const path of ['/', '/callback.html', '/mark.svg', '/nothing', '/1/nothing']) {
      const { headers } = await fetch(stack.appUrl + path)
      expect(headers.get('content-security-policy'), path).toBe(
        "default-src 'none';script-src 'self';style-src 'self';" +
          `img-src 'self' ${stack.sandbox.url};connect-src 'self';` +
          "base-uri 'none';form-action 'none';frame-ancestors 'none'",
      )
      expect(headers.get('x-frame-options'), path).toBe('DENY')
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('referrer-policy'), path).toBe('no-referrer')
    }
  })

  it("leave the proxy's own pages their own policy", async () => {
    const { status, headers } = await fetch(`${stack.appUrl}/1/authorize?client_id=another`)
    expect(status).toBe(400)
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
  })

  it('cut off neither the callback page nor the redirects on the way to it', async () => {
    const coopOf = async (path: string) => {
      const { headers } = await fetch(stack.appUrl + path, { redirect: 'manual' })
      return headers.get('cross-origin-opener-policy')
    }
    expect(await coopOf('/')).toBe('same-origin-allow-popups')
    expect(await coopOf('/callback.html?code=any')).toBe(null)
    expect(await coopOf('/1/callback?code=any&state=any')).toBe(null)
    expect(await coopOf(`/1/authorize?${authorizationRequest()}`)).toBe(null)
  })

  function authorizationRequest(): URLSearchParams {
    return new URLSearchParams({
      response_type: 'code',
      client_id: stack.sandbox.client.clientId,
      redirect_uri: `${stack.appUrl}/callback.html`,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    })
  }
})

describe.skipIf(!inject('chromium'))('the browser', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(10_000)
    page = await openTab(context, stack)
    await seeSignedOut(page)
    await page.evaluate(noteViolations)
  })
  afterEach(() => context.close())

  it('runs no script that was put into the page', async () => {
    await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.hasRun = true'
      document.body.append(script)
      const picture = document.createElement('div')
      picture.innerHTML = '<img src="/nothing.png" onerror="window.hasRun = true">'
      document.body.append(picture)
    })()`)
    await expect.poll(violations).toEqual(['script-src-elem', 'script-src-attr'])
    expect(await page.evaluate('window.hasRun')).toBe(undefined)
  })

  it('makes no script of a text', async () => {
    // By a timer, since what the driver evaluates may do what the page may not.
    await page.evaluate(`void setTimeout('window.hasRun = true')`)
    await expect.poll(violations).toEqual(['script-src'])
    expect(await page.evaluate('window.hasRun')).toBe(undefined)
  })

  it('loads no script from elsewhere', async () => {
    await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.src = '${stack.sandbox.url}/script.js'
      document.body.append(script)
    })()`)
    await expect.poll(violations).toEqual(['script-src-elem'])
  })

  it('carries nothing to another origin', async () => {
    const elsewhere = `${stack.sandbox.url}/sandbox/expire`
    const fetching = `fetch('${elsewhere}', { method: 'POST' }).then(() => 'sent', () => 'refused')`
    expect(await page.evaluate(fetching)).toBe('refused')
    await page.evaluate(`(() => {
      const form = document.createElement('form')
      form.action = '${elsewhere}'
      form.method = 'post'
      document.body.append(form)
      form.submit()
    })()`)
    await expect.poll(violations).toEqual(['connect-src', 'form-action'])
    expect(page.url()).toBe(`${stack.appUrl}/`)
  })

  it('applies no style that was put into the page', async () => {
    await page.evaluate(`(() => {
      const style = document.createElement('style')
      style.textContent = 'body { display: none }'
      document.head.append(style)
    })()`)
    await expect.poll(violations).toEqual(['style-src-elem'])
    await seeSignedOut(page)
  })

  it('shows the app in no frame', async () => {
    const frame = await context.newPage()
    await frame.goto(`${stack.sandbox.url}/`)
    await frame.evaluate(`(() => {
      const frame = document.createElement('iframe')
      frame.src = '${stack.appUrl}/'
      document.body.append(frame)
      return new Promise((resolve) => { frame.onload = resolve })
    })()`)
    await expect.poll(() => frame.frames()[1]?.url()).toBe('chrome-error://chromewebdata/')
  })

  it("keeps the app's window from a page that has opened it, but not from the sign-in's", async () => {
    const opener = await context.newPage()
    await opener.goto(`${stack.sandbox.url}/`)
    const opening = opener.waitForEvent('popup')
    await opener.evaluate(`void (window.opened = open('${stack.appUrl}/'))`)
    const opened = await opening
    await seeSignedOut(opened)
    expect(await opener.evaluate('window.opened.closed')).toBe(true)
    expect(await opened.evaluate('window.opener')).toBe(null)

    await page.evaluate(`void (window.open = ((open) => (...request) => {
      window.signInWindow = open(...request)
      return window.signInWindow
    })(window.open))`)
    const popup = await openPopup(page)
    expect(await page.evaluate('window.signInWindow.closed')).toBe(false)
    await popup.close()
  })

  /** The directives that were broken so far. */
  function violations(): Promise<string[]> {
    return page.evaluate('window.violations')
  }
})

const noteViolations = `void (() => {
  window.violations = []
  addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
    window.violations.push(effectiveDirective)
  })
})()`
