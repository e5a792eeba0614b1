// What users bundle with.
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import webpack from 'webpack'

export interface Bundling {
  /** The folder of the project. */
  readonly project: string
  /** A script of the project, by its path, for each file that is to be there. */
  readonly scripts: Readonly<Record<string, string>>
  /** Gets a file for each of them, such as `main.js`, and whatever these import. */
  readonly folder: string
}

export type Bundle = (bundling: Bundling) => Promise<void>

export const bundlers: Readonly<Record<'Vite' | 'esbuild' | 'webpack', Bundle>> = {
  async Vite({ project, scripts, folder }) {
    await vite.build({
      root: project,
      configFile: false,
      logLevel: 'warn',
      build: {
        outDir: folder,
        rolldownOptions: { input: { ...scripts }, output: { entryFileNames: '[name].js' } },
      },
    })
  },

  async esbuild({ project, scripts, folder }) {
    const { warnings } = await esbuild.build({
      absWorkingDir: project,
      entryPoints: { ...scripts },
      outdir: folder,
      bundle: true,
      format: 'esm',
      minify: true,
      splitting: true,
    })
    if (warnings.length > 0) throw new Error(JSON.stringify(warnings))
  },

  webpack({ project, scripts, folder }) {
    const compiler = webpack({
      context: project,
      mode: 'production',
      entry: { ...scripts },
      output: { path: folder, filename: '[name].js', module: true },
      experiments: { outputModule: true },
    })
    return new Promise((resolve, reject) => {
      compiler?.run((error, stats) => {
        if (error) reject(error)
        else if (stats?.hasErrors() || stats?.hasWarnings()) reject(new Error(stats.toString()))
        else resolve()
      })
    })
  },
}
