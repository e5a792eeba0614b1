import { variableNames } from './environment.ts'
import { meantName } from './meant-name.ts'

/**
 * A sentence for each variable that nothing reads, and whose name is nearly that of one of ours. It is
 * no fault: the environment is shared with others.
 */
export function findStrayVariables(environment: NodeJS.ProcessEnv): string[] {
  const known = [...variableNames, 'PROXY_CONFIG']
  return Object.keys(environment).flatMap((name) => {
    const meant = known.includes(name) || !isOurs.test(name) ? undefined : meantName(name, known)
    return meant ? [`nothing reads ${name}: ${meant} may be meant`] : []
  })
}

const isOurs = /^(PROXY|ROAMBI|REDIS|METRICS)_?/i
