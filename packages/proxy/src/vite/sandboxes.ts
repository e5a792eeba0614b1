// Sandboxes that outlive the dev server: Vite starts another server whenever its config is saved,
// and who is signed in then shall not have to do so again.
import type { Sandbox } from '@roambi-auth/sandbox'
import type { InlineConfig, ResolvedConfig } from 'vite'
import { InvalidSettings } from '../program/invalid-settings.ts'
import type { SandboxSettings } from './plugin-options.ts'

interface Kept {
  readonly sandbox: Sandbox
  readonly settings: string
  /** The server that it is there for now. */
  owner: ResolvedConfig
}

// A server and the one that Vite starts in its place have nothing else in common.
const keptFor = new WeakMap<InlineConfig, Kept>()

/** The one of the server before, unless it was to be like something else. Throws InvalidSettings. */
export async function takeSandbox(
  owner: ResolvedConfig,
  settings: SandboxSettings,
): Promise<Sandbox> {
  const kept = keptFor.get(owner.inlineConfig)
  const asText = JSON.stringify(settings)
  if (kept?.settings === asText) {
    kept.owner = owner
    return kept.sandbox
  }
  keptFor.delete(owner.inlineConfig)
  await kept?.sandbox.close()
  const sandbox = await start(settings)
  keptFor.set(owner.inlineConfig, { sandbox, settings: asText, owner })
  return sandbox
}

/** Closes the sandbox of this server, unless another one has taken it over. */
export async function releaseSandbox(owner: ResolvedConfig): Promise<void> {
  const kept = keptFor.get(owner.inlineConfig)
  if (kept?.owner !== owner) return
  keptFor.delete(owner.inlineConfig)
  await kept.sandbox.close()
}

async function start(settings: SandboxSettings): Promise<Sandbox> {
  const { startSandbox } = await loadSandbox()
  const { port = 4000, ...others } = settings
  try {
    return await startSandbox({ ...others, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (settings.port === undefined) return startSandbox({ ...others, port: 0 })
    const sentence = `Port ${port} is taken: choose another one for the sandbox, or none.`
    throw new InvalidSettings([sentence])
  }
}

/** Throws InvalidSettings where it is not installed. */
export async function loadSandbox(): Promise<typeof import('@roambi-auth/sandbox')> {
  try {
    return await import('@roambi-auth/sandbox')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new InvalidSettings([
      'roambi({ sandbox }) needs a package: npm install --save-dev @roambi-auth/sandbox',
    ])
  }
}
