import { createRoambi } from '@roambi-auth/browser'

const roambi = createRoambi({ clientId: 'app', proxyUrl: 'https://auth.example.com' })

export const signIn = () => roambi.login()
export const token = () => roambi.getAccessToken()
export const signOut = () => roambi.logout()
