import { expect, test } from 'vitest'
import type { Rotation } from '../src/index.ts'
import { refresh, signIn, start, type TokenAnswer } from './start.ts'

test.each<[Rotation, boolean, number]>([
  ['off', true, 200],
  ['lenient', false, 200],
  ['strict', false, 400],
])(
  'with rotation %s: same refresh token %s, the old one answers %d',
  async (rotation, same, status) => {
    const sandbox = await start({ rotation })
    const { refresh_token } = await signIn(sandbox)
    const renewed = (await refresh(sandbox, refresh_token)).json as TokenAnswer
    expect(renewed.refresh_token === refresh_token).toBe(same)
    expect(await refresh(sandbox, refresh_token)).toMatchObject({ status })
    expect(await refresh(sandbox, renewed.refresh_token)).toMatchObject({ status: 200 })
  },
)
