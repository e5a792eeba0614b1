import Keycloak from 'keycloak-js'

const keycloak = new Keycloak({ url: 'https://auth.example.com', realm: 'app', clientId: 'app' })

export const signedIn = () => keycloak.init({ pkceMethod: 'S256' })
export const signIn = () => keycloak.login()
export const token = async () => {
  await keycloak.updateToken(60)
  return keycloak.token
}
export const signOut = () => keycloak.logout()
