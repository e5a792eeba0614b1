export { RoambiProvider, useRoambi } from '@roambi-auth/browser/react'
