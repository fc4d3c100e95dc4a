import { registerHooks } from 'node:module'

/**
 * What the library of the mailbox would load at its start, and takes two thirds of it: a browser's document, which only the
 * view of an HTML email needs, and a protocol that is switched off.
 */
const REPLACED: Readonly<Record<string, (base: string) => string>> = {
  jsdom: () => 'export class JSDOM {}',
  dompurify: (base) => `
    import { createRequire } from 'node:module'
    let purify
    function load() {
      const require = createRequire(${JSON.stringify(base)})
      const { JSDOM } = require('jsdom')
      return require('dompurify')(new JSDOM('').window)
    }
    export default () => ({ sanitize: (html, options) => (purify ??= load()).sanitize(html, options) })`,
  '@maildev/mcp': () => 'export function registerMCPHandlers() {}',
  '@modelcontextprotocol/sdk/server/index.js': () => 'export class Server {}',
  '@modelcontextprotocol/sdk/server/streamableHttp.js': () => 'export class StreamableHTTPServerTransport {}',
  '@modelcontextprotocol/sdk/types.js': () => 'export const isInitializeRequest = () => false',
}

/** From now on the library at this URL loads those when it needs them, or never. */
export function lightenMailbox(library: string): void {
  registerHooks({
    resolve(specifier, context, next) {
      const source = Object.hasOwn(REPLACED, specifier) ? REPLACED[specifier] : undefined
      if (source === undefined || !context.parentURL?.includes('/node_modules/@maildev/'))
        return next(specifier, context)
      return { url: `data:text/javascript,${encodeURIComponent(source(library))}`, shortCircuit: true }
    },
  })
}
