import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Ports } from '../flow/ports.ts'

/** Prometheus text of this process and of the deliveries. Numbers only: no address, no name, no course. */
export function createMetrics(ports: Ports): () => Promise<string> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'bootcamp_deliveries',
    help: 'Deliveries by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [state, count] of Object.entries(await ports.store.deliveries.countByState()))
        this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'bootcamp_oldest_due_seconds',
    help: 'How long the longest waiting delivery has been due',
    registers: [registry],
    async collect() {
      const now = ports.clock.now()
      const oldest = await ports.store.deliveries.oldestDue(now)
      this.set(oldest === null ? 0 : (now - oldest) / 1000)
    },
  })
  new Gauge({
    name: 'bootcamp_mail_stream_open',
    help: '1 while mail may go out, 0 while it is paused or held',
    registers: [registry],
    async collect() {
      this.set((await ports.store.stream.status()).state === 'open' ? 1 : 0)
    },
  })
  return () => registry.metrics()
}
