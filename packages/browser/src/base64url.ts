// What OAuth sends of bytes: base64url without padding (RFC 7636 appendix A).

export function base64url(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** 256 random bits as 43 characters: a `state`, a code verifier (RFC 7636 section 4.1), a `jti`. */
export function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** The S256 code challenge of a verifier (RFC 7636 section 4.2), the thumbprint of a JWK's text. */
export async function sha256(text: string): Promise<string> {
  return base64url(await crypto.subtle.digest('SHA-256', utf8(text)))
}
