import { useRoambi } from '@roambi-auth/browser/react'
import { useEffect, useState } from 'react'

/**
 * What Roambi's API answers at this path, or `undefined` until it has. A failure goes to the nearest
 * error boundary.
 */
export function useApi<T>(path: string): T | undefined {
  const { session, roambi } = useRoambi()
  const [answer, setAnswer] = useState<{ to: string; data?: T; error?: unknown }>()
  // Not the whole session, which is another one after each renewal.
  const question = `${session?.signedInAt} ${path}`

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    roambi.api
      .get(path, { signal })
      .json<T>()
      .then(
        (data) => signal.aborted || setAnswer({ to: question, data }),
        (error) => signal.aborted || setAnswer({ to: question, error }),
      )
    return () => controller.abort()
  }, [roambi, path, question])

  if (answer?.to !== question) return undefined
  if (answer.error) throw answer.error
  return answer.data
}
