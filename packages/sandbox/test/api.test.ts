import { expect, test } from 'vitest'
import { account, accountUid, ask, signedIn, start } from './start.ts'

test('the user resource is Joan Harris, with a picture and her account', async () => {
  const get = await signedIn(await start())
  const answer = await get('/user/resources')
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    resources: {
      uid: expect.any(String),
      name: 'Joan Harris',
      given_name: 'Joan',
      family_name: 'Harris',
      image_url: expect.stringMatching(/^http:/),
      default_image_url: expect.stringMatching(/^http:/),
      primary_email: 'joan@scdp.com',
      accounts: [{ uid: accountUid, product: 'Business' }],
    },
  })
  const { resources } = answer.json as { resources: Record<string, string> }
  for (const url of [resources.image_url, resources.default_image_url]) {
    const image = await ask(String(url))
    expect(image).toMatchObject({ status: 200, text: expect.stringMatching(/^<svg/) })
    expect(image.headers.get('content-type')).toBe('image/svg+xml')
  }
})

test('each portal lists its contents', async () => {
  const get = await signedIn(await start())
  const { portals } = (await get(`${account}/portals`)).json as { portals: { uid: string }[] }
  expect(portals).toHaveLength(3)
  for (const { uid } of portals) {
    const answer = await get(`${account}/portals/${uid}/contents`)
    expect(answer).toMatchObject({ status: 200, json: { contents: expect.any(Array) } })
  }
  expect(await get(`${account}/portals/media/contents`)).toMatchObject({
    json: { contents: [{ title: 'Television Spend' }, { title: 'Print and Radio Reach' }] },
  })
})

test('users come in pages', async () => {
  const get = await signedIn(await start())
  expect(await get(`${account}/users`)).toMatchObject({
    json: { list_data: { offset: 0, limit: 20, record_count: 12, result_count: 12 } },
  })
  const last = await get(`${account}/users?offset=10&limit=5`)
  expect(last.json).toMatchObject({
    users: [{ given_name: 'Michael' }, { given_name: 'Dawn' }],
    list_data: { offset: 10, limit: 5, record_count: 12, result_count: 2 },
  })
})

test.each([
  ['GET', '/accounts/other/portals', 400, 'invalid_account'],
  ['GET', `${account}/portals/other/contents`, 400, 'invalid_resource'],
  ['GET', '/jobs/other', 400, 'invalid_resource'],
  ['GET', `${account}/users?limit=0`, 400, 'invalid_parameter'],
  ['GET', `${account}/users?offset=first`, 400, 'invalid_parameter'],
  ['POST', `${account}/users`, 402, 'access_denied'],
  ['GET', `${account}/portals/partners/contents`, 403, 'access_denied'],
  ['POST', `${account}/portals/partners/contents`, 403, 'access_denied'],
])('%s %s answers %d %s', async (method, path, status, error) => {
  const request = await signedIn(await start())
  const body = method === 'POST' ? { body: new URLSearchParams({ title: 'Digital Spend' }) } : {}
  const answer = await request(path, { method, ...body })
  expect(answer).toMatchObject({ status, json: { error, error_description: expect.any(String) } })
})

test('each request to the API is noted', async () => {
  const sandbox = await start()
  const get = await signedIn(sandbox)
  await get('/user/resources')
  await get(`${account}/users?limit=0`)
  await ask(`${sandbox.apiUrl}/user/resources`)
  expect(sandbox.apiRequests).toEqual([
    { method: 'GET', path: '/1/user/resources', status: 200 },
    { method: 'GET', path: `/1${account}/users?limit=0`, status: 400 },
    { method: 'GET', path: '/1/user/resources', status: 401 },
  ])
})
