import { fileURLToPath } from 'node:url'
import { startChild } from './child-process.ts'
import type { Cleanup } from './cleanup.ts'

export type LoadCommand =
  | { readonly do: 'flood'; readonly port: number; readonly connections: number; readonly seconds: number }
  | { readonly do: 'steady'; readonly port: number; readonly perSecond: number; readonly tokens: readonly string[] }
  | { readonly do: 'stop' }

export interface LoadReport {
  /** ms from when a request was scheduled to its whole response. */
  readonly times: { readonly 'sign-up': number[]; readonly confirm: number[] }
  /** Responses other than 2xx, and lost connections. */
  refused: number
  readonly ms: number
  /** Share of one core used by the load generator. */
  readonly cpuShare: number
}

export interface Load {
  flood(port: number, connections: number, seconds: number): Promise<LoadReport>
  /** Every other request confirms, while there are tokens. `stop` ends it and returns the result. */
  steady(port: number, perSecond: number, tokens?: readonly string[]): { stop(): Promise<LoadReport> }
}

const SCRIPT = fileURLToPath(new URL('../processes/load.ts', import.meta.url))

export async function startLoad(cleanup: Cleanup, cwd: string): Promise<Load> {
  const child = startChild(cleanup, process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT], {
    env: {},
    cwd,
  })
  await child.said('loaded')
  const command = (words: LoadCommand) => child.tell(words)
  const report = async () => (await child.said<{ report: LoadReport }>('report')).report
  return {
    flood(port, connections, seconds) {
      command({ do: 'flood', port, connections, seconds })
      return report()
    },
    steady(port, perSecond, tokens = []) {
      command({ do: 'steady', port, perSecond, tokens })
      return {
        stop() {
          command({ do: 'stop' })
          return report()
        },
      }
    },
  }
}
