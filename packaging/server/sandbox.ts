import { account, defaults, type Fault, type Sandbox, startSandbox } from '@roambi-auth/sandbox'

export async function tryFaults(): Promise<void> {
  const sandbox: Sandbox = await startSandbox({ port: 0, rotation: 'strict', logger: false })
  const faults: Fault[] = ['html', 503, { status: 429, headers: { 'retry-after': '1' } }]
  for (const fault of faults) sandbox.failNext(fault, { on: 'api' })
  sandbox.set({ tokenLifetime: defaults.tokenLifetime / 2 })
  console.log(sandbox.url, account.email, sandbox.tokenRequests.at(-1)?.parameters.code)
  await sandbox.close()
}

// @ts-expect-error: no such rotation
startSandbox({ rotation: 'weekly' })

// @ts-expect-error: not to be changed
defaults.clientId = 'mine'
