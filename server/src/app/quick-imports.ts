import { registerHooks } from 'node:module'

const insideDrizzle = /\/node_modules\/drizzle-orm\/[^:]*$/

/**
 * Resolves the imports between Drizzle's own modules without Node's look-ups. Node parses a package's manifest once for
 * each of its modules, to learn whether it is an ES module; Drizzle's has 180 kB and a hundred modules of it are loaded.
 * Measured: importing the server takes 0.6 s with this and 1.3 s without, and leaves 100 MB less garbage.
 */
export function quickenImports(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL } = context
      // Its ES modules name each other as ./x.js; what CommonJS requires is called .cjs.
      if (!parentURL || !/^\.\.?\/.*\.js$/.test(specifier) || !insideDrizzle.test(parentURL)) {
        return nextResolve(specifier, context)
      }
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    },
  })
}
