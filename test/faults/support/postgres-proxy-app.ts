import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createCluster, type PostgresCluster } from './postgres-cluster.ts'
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts'

/** The service in the test's process, whose connections to Postgres can be cut. */
export interface ProxyApp extends TestApp {
  readonly proxy: PostgresProxy
  readonly cluster: PostgresCluster
}

/** With a cluster of its own, of which 17 connections are for users. */
export async function createPostgresProxyApp(env: Readonly<Record<string, string>> = {}): Promise<ProxyApp> {
  const cluster = await createCluster({ settings: ['max_connections=20'] })
  const proxy = await startPostgresProxy(cluster.socket)
  const app = await createTestApp({
    env: { DATABASE_URL: `postgres://course@127.0.0.1:${proxy.port}/course`, COURSE: 'three-days', ...env },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
  const { close } = app
  return Object.assign(app, {
    proxy,
    cluster,
    async close() {
      await close()
      await proxy.close()
      await cluster.close()
    },
  })
}
