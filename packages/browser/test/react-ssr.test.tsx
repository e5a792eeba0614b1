// @vitest-environment node
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { createRoambi } from '../src/index.ts'
import { RoambiProvider, useRoambi } from '../src/react.ts'

it('is rendered without a DOM as loading, and opens nothing', async () => {
  const roambi = createRoambi({ clientId: 'client-1', proxyUrl: 'https://auth.example.com' })
  const before = process.getActiveResourcesInfo()
  const html = renderToString(
    <RoambiProvider roambi={roambi}>
      <Status />
    </RoambiProvider>,
  )
  expect(html).toBe('<p>loading</p>')
  expect(process.getActiveResourcesInfo()).toEqual(before)
})

function Status() {
  return <p>{useRoambi().status}</p>
}
