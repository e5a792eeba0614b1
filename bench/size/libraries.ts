import { versioned } from '../machine.ts'

/** A way to sign a user in by popup, hand out an access token that is renewed, and sign out. */
export interface Library {
  readonly name: string
  /** In `apps/`. */
  readonly app: string
  /** What is not counted, since the app has it anyway. */
  readonly without?: readonly string[]
  /** What else is not the same. */
  readonly note: string
}

export const libraries: readonly Library[] = [
  { name: '@roambi-auth/browser', app: 'roambi.ts', note: 'DPoP, API calls by ky' },
  {
    name: '@roambi-auth/browser, in an app with ky',
    app: 'roambi.ts',
    without: ['ky'],
    note: '',
  },
  {
    name: '@roambi-auth/browser/callback',
    app: 'roambi-callback.ts',
    note: 'on the callback page alone',
  },
  {
    name: '@roambi-auth/browser/react',
    app: 'roambi-react.ts',
    without: ['react'],
    note: 'beside the client, and React',
  },
  {
    name: versioned('@auth0/auth0-spa-js'),
    app: 'auth0.ts',
    note: 'also ID tokens, organizations, passkeys, a worker that holds the tokens',
  },
  {
    name: versioned('oidc-client-ts'),
    app: 'oidc-client-ts.ts',
    note: 'also ID tokens, user info, session monitoring, iframes; any provider',
  },
  {
    name: versioned('@supabase/auth-js'),
    app: 'supabase.ts',
    note: 'also passwords, codes by mail, factors; the popup is up to the app',
  },
  {
    name: versioned('keycloak-js'),
    app: 'keycloak.ts',
    note: 'also ID tokens, roles; redirect only, no popup, no storage',
  },
  {
    name: versioned('@azure/msal-browser'),
    app: 'msal.ts',
    note: 'also ID tokens, several accounts, brokers, telemetry, encrypted storage',
  },
  {
    name: `${versioned('@okta/okta-auth-js')} (core)`,
    app: 'okta.ts',
    note: 'also ID tokens, session sign-in, several storages',
  },
]
