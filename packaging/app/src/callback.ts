import { handleCallback } from '@roambi-auth/browser/callback'

handleCallback()
