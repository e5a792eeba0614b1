import { describe, expect, it, vi } from 'vitest'
import { createSingleFlight } from '../src/single-flight.ts'

describe('a single flight', () => {
  it('joins all who ask while it runs, and runs anew after that', async () => {
    let landed = 0
    const { run } = createSingleFlight(async () => ++landed)
    expect(await Promise.all([run(), run(), run()])).toEqual([1, 1, 1])
    expect(await run()).toBe(2)
  })

  it('shares a failure as well, and forgets it', async () => {
    const task = vi.fn().mockRejectedValueOnce(new Error('no network')).mockResolvedValue('fine')
    const { run } = createSingleFlight(task)
    const both = await Promise.allSettled([run(), run()])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await run()).toBe('fine')
    expect(task).toHaveBeenCalledTimes(2)
  })
})
