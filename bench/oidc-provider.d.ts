// What is used of oidc-provider, which comes without types.
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  interface TokenContext {
    oidc: { params?: { grant_type: string } }
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): RequestListener
    on(event: 'grant.success', listener: (context: TokenContext) => void): this
    on(event: 'grant.error', listener: (context: TokenContext, error: Error) => void): this
  }
}
