// Apart from the settings themselves, so that those who use their types need not check TypeBox's.
import { type TSchema, Type } from 'typebox'
import type { AdjustableSettings } from './settings.ts'

/** The rule for each setting that arrives as text. Its description completes "… must be". */
export const rules: Readonly<Record<keyof AdjustableSettings, TSchema>> = {
  redirectUri: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9+.-]*://[^\\s#]+$',
    description: 'an absolute URI without a fragment',
  }),
  tokenLifetime: Type.Integer({ minimum: 1, description: 'a whole number of seconds, 1 or more' }),
  rotation: Type.Enum(['off', 'lenient', 'strict'], { description: 'off, lenient or strict' }),
  latency: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    description: 'a whole number of milliseconds, 0 to 600000',
  }),
  coop: Type.Enum(
    ['', 'unsafe-none', 'same-origin-allow-popups', 'noopener-allow-popups', 'same-origin'],
    {
      description:
        'unsafe-none, same-origin-allow-popups, noopener-allow-popups, same-origin or empty',
    },
  ),
  accountDisabled: Type.Boolean({ description: 'true or false' }),
  rateLimit: Type.Integer({ minimum: 1, description: 'a whole number of requests, 1 or more' }),
  rateLimitStatus: Type.Integer({ enum: [503, 403], description: '503 or 403' }),
}
