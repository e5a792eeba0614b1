import { startNginx } from './nginx.ts'
import type { Server } from './processes.ts'

/**
 * Roambi's two answers, by nginx: of all servers at hand it takes the least of the time that the
 * proxies are measured in. The sandbox would take more than they do.
 */
export function startUpstream(): Promise<Server> {
  return startNginx(`
    default_type application/json;
    location = /1/token { return 200 '${JSON.stringify(tokens)}'; }
    location / { return 200 '${JSON.stringify(user)}'; }`)
}

const tokens = {
  access_token: '1/65_EnBUJxDe5GsIjCtXwFz0bVhQmKpYdLr8uTgN3aWk',
  expires_in: 86_400,
  refresh_token: '1/cZ7vHq2LsT9wXeR4yUbN6mKjPdFgA0oI5tViMx1nBuQ',
  token_type: 'bearer',
}

const user = {
  resources: {
    uid: '4f1d7a92c05b4e6f8d3a1c7be0925f64',
    name: 'Joan Harris',
    given_name: 'Joan',
    family_name: 'Harris',
    image_url: 'https://images.example.com/joan.png',
    default_image_url: 'https://images.example.com/default.png',
    primary_email: 'joan@scdp.com',
    accounts: [{ uid: '8d3a1c7be0925f644f1d7a92c05b4e6f', product: 'Business' }],
  },
}
