/** Where browsers find this deployment, by its configuration and never by a request's headers. */
export interface Endpoints {
  /** RFC 8414 section 2, RFC 9207. */
  readonly issuer: string
  readonly authorization: string
  /** The redirect URI that is registered with Roambi. */
  readonly callback: string
  readonly token: string
  /** RFC 7009. Served only with a deny list. */
  readonly revocation: string
}

/** @param prefix the plugin's own, such as `/auth` */
export function endpointsOf(publicUrl: string, prefix: string): Endpoints {
  const base = `${publicUrl}${prefix.replace(/\/$/, '')}/1`
  return {
    issuer: publicUrl,
    authorization: `${base}/authorize`,
    callback: `${base}/callback`,
    token: `${base}/token`,
    revocation: `${base}/revoke`,
  }
}
