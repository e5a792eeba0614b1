import { expect, test } from 'vitest'
import { type Answer, type Ask, account, signedIn, start } from './start.ts'

test('publishing is a job: 202 until it is done, then the content is there', async () => {
  let time = Date.parse('2013-11-01T09:00:00Z')
  const sandbox = await start({ now: () => time })
  const request = await signedIn(sandbox)
  const started = await publish(request, 'media', 'Digital Spend')
  const { job, status_url } = started.json as { job: { uid: string }; status_url: string }
  const working = { job: { uid: job.uid, status: 'working' }, retry_after: 1, status_url }
  expect(started).toMatchObject({ status: 202, json: working })
  expect(status_url).toBe(`${sandbox.apiUrl}/jobs/${job.uid}`)
  expect(await request(`/jobs/${job.uid}`)).toMatchObject({ status: 202, json: working })
  expect((await request(`${account}/portals/media/contents`)).text).not.toContain('Digital Spend')
  time += 1000
  expect(await request(`/jobs/${job.uid}`)).toMatchObject({
    status: 200,
    json: { job: { status: 'done' } },
  })
  for (const _again of [1, 2]) {
    const { contents } = (await request(`${account}/portals/media/contents`)).json as {
      contents: object[]
    }
    expect(contents).toHaveLength(3)
    expect(contents[2]).toMatchObject({
      title: 'Digital Spend',
      created_at: '2013-11-01T09:00:00.000Z',
    })
  }
})

test('publishing needs a title that is new', async () => {
  const request = await signedIn(await start())
  expect(await publish(request, 'media', 'Television Spend')).toMatchObject({
    status: 400,
    json: { error: 'resource_exists' },
  })
  expect(
    await request(`${account}/portals/media/contents`, {
      method: 'POST',
      body: new URLSearchParams(),
    }),
  ).toMatchObject({
    status: 400,
    json: { error: 'missing_parameter', error_description: '`title` is required.' },
  })
})

test('two sandboxes publish apart', async () => {
  let time = 0
  const first = await signedIn(await start({ now: () => time }))
  const second = await signedIn(await start({ now: () => time }))
  await publish(first, 'people', 'Leave')
  time = 1000
  expect((await first(`${account}/portals/people/contents`)).text).toContain('Leave')
  expect((await second(`${account}/portals/people/contents`)).text).not.toContain('Leave')
})

function publish(request: Ask, portal: string, title: string): Promise<Answer> {
  return request(`${account}/portals/${portal}/contents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title }),
  })
}
