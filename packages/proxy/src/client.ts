/** The one client of this deployment: the app. */
export interface Client {
  readonly clientId: string
  readonly redirectUris: readonly string[]
}
