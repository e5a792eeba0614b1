import type { Plugin, ResolvedConfig } from 'vite'
import { clientIdOfPage, warnOfBuildWithoutId } from './client-id.ts'
import { readEnvironment } from './dev-environment.ts'
import { refuseExposedSecrets } from './exposed-secrets.ts'
import { type Mounted, mount } from './mount.ts'
import type { RoambiPluginOptions } from './plugin-options.ts'

/**
 * A Vite plugin that serves the proxy on the dev server's own origin, at `/1/` and
 * `/.well-known/oauth-authorization-server`, also in `vite preview`; and on request Roambi's sandbox
 * beside it. The page finds its client id in `import.meta.env.VITE_ROAMBI_CLIENT_ID`. Nothing of it is
 * in a build but that id, if it is not the sandbox's.
 *
 * ```ts
 * import { roambi } from '@roambi-auth/proxy/vite'
 * import { defineConfig } from 'vite'
 *
 * export default defineConfig({ plugins: [roambi({ sandbox: true })] })
 * ```
 *
 * Without `sandbox`, the settings that are no options come from the environment and the `.env` files, by
 * the names that the program `roambi-proxy` has for them: `ROAMBI_CLIENT_ID`, `ROAMBI_CLIENT_SECRET` and so
 * on. What is missing is told in the terminal and in answer to a sign-in.
 *
 * Vite stops with an Error where it would write a secret into the page.
 */
export function roambi(options: RoambiPluginOptions = {}): Plugin {
  const mounted = new Map<ResolvedConfig, Mounted>()
  return {
    name: 'roambi-auth',

    async config(config, { command, mode }) {
      const clientId = await clientIdOfPage(command, readEnvironment(mode, config), options)
      const name = 'import.meta.env.VITE_ROAMBI_CLIENT_ID'
      if (!clientId || config.define?.[name] !== undefined) return
      return { define: { [name]: JSON.stringify(clientId) } }
    },

    configResolved(config) {
      refuseExposedSecrets(config, readEnvironment(config.mode, config))
    },

    async configureServer(server) {
      const here = await mount(server, options)
      mounted.set(server.config, here)
      return here.finish
    },

    async configurePreviewServer(server) {
      warnOfBuildWithoutId(server, options)
      const here = await mount(server, options)
      server.httpServer.once('close', here.close)
      return here.finish
    },

    // Vite calls it when a dev server closes.
    async buildEnd() {
      const config = this.environment.getTopLevelConfig()
      const here = mounted.get(config)
      mounted.delete(config)
      await here?.close()
    },
  }
}
